/** The first choice: where the director goes, or what one has already. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import { useState } from 'react';
import type { CloudKindInfo } from '../../main/hub/protocol.ts';
import { type Credential, CredentialDialog } from '../clouds/credential-dialog.tsx';
import { ImportCredentialsDialog } from '../clouds/import-credentials-dialog.tsx';
import { FailureNotice } from '../components/failure-notice.tsx';
import { priceText } from '../components/money.ts';
import { useAction } from '../components/use-action.ts';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import { desktop } from '../hub/desktop.ts';
import { addLocalDirector, showNewDirector } from '../stores/directors.ts';
import { go } from '../stores/route.ts';
import { figure } from '../texts/figures.ts';
import { ImportDialog } from '../vault/import-dialog.tsx';
import { OpenSealedDialog } from '../vault/sealed-file-dialog.tsx';
import { CloudCard } from './cloud-card.tsx';
import { FreeChoice } from './free-choice.tsx';
import { LentChoice } from './lent-choice.tsx';
import { useWelcomeTexts } from './texts.ts';
import { UnlockForm } from './unlock-form.tsx';

export function Choices() {
  const texts = useWelcomeTexts().here;
  const kinds = useLoaded(() => hub.call('list_cloud_kinds', {}), []);
  const vault = useLoaded(() => hub.call('vault_status', {}), []);
  const start = useAction(async () => {
    await addLocalDirector();
    go({ page: 'applications' });
  });
  // Without a deployment there is no session to say so.
  if (vault.value?.locked) return <UnlockForm onUnlocked={vault.reload} />;
  const clouds = kinds.value?.filter(({ schema }) => schema !== undefined) ?? [];
  // The first of all is the button above.
  const free = kinds.value?.filter(({ kind, schema }) => schema === undefined && kind !== 'local') ?? [];
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', gap: 3 }}>
      <Box component="section" aria-labelledby="this-computer">
        <Button id="this-computer" variant="contained" size="large" disabled={start.busy} onClick={() => start.run()}>
          {texts.button}
        </Button>
        <Box
          component="ul"
          sx={{ mt: 2, mb: 0, pl: 2.5, color: 'text.secondary', lineHeight: 1.9, fontSize: '0.875rem' }}
        >
          {texts.facts.map((fact) => (
            <li key={fact}>{fact}</li>
          ))}
        </Box>
        {start.failure && <FailureNotice failure={start.failure} onRetry={() => start.run()} />}
      </Box>
      {kinds.failure && <FailureNotice failure={kinds.failure} onRetry={kinds.reload} />}
      {clouds.map((kind) => (
        <CloudChoice key={kind.kind} kind={kind} />
      ))}
      {free.map((kind) => (
        <FreeChoice key={kind.kind} kind={kind} />
      ))}
      <Already />
    </Box>
  );
}

/** A cloud: its credential, checked at once; then a size with its price; then the director is set up there. */
function CloudChoice({ kind }: { kind: CloudKindInfo }) {
  const texts = useWelcomeTexts().cloud;
  const credentials = useLoaded(() => hub.call('list_credentials', {}), []);
  const known = credentials.value?.filter((one) => one.kind === kind.kind) ?? [];
  const [adding, setAdding] = useState(false);
  const [importing, setImporting] = useState(false);
  const [chosen, setChosen] = useState<string>();
  const credential: Credential | undefined = known.find(({ id }) => id === chosen) ?? known[0];
  return (
    <CloudCard kind={kind}>
      {credentials.failure && <FailureNotice failure={credentials.failure} onRetry={credentials.reload} />}
      {known.length > 1 && (
        <TextField
          select
          fullWidth
          label={texts.credential}
          value={credential?.id ?? ''}
          sx={{ mb: 1.5 }}
          onChange={({ target }) => setChosen(target.value)}
        >
          {known.map(({ id, name }) => (
            <MenuItem key={id} value={id}>
              {name}
            </MenuItem>
          ))}
        </TextField>
      )}
      {credential ? (
        <SizeChoice
          key={credential.id}
          kind={kind}
          credential={credential}
          others={known.filter((one) => one !== credential)}
        />
      ) : (
        <Box sx={{ display: 'flex', gap: 1 }}>
          <Button variant="outlined" onClick={() => setAdding(true)}>
            {texts.enter}
          </Button>
          <Button color="secondary" onClick={() => setImporting(true)}>
            {texts.look}
          </Button>
        </Box>
      )}
      {adding && <CredentialDialog kind={kind} onAdded={credentials.reload} onClose={() => setAdding(false)} />}
      {importing && <ImportCredentialsDialog onTaken={credentials.reload} onClose={() => setImporting(false)} />}
    </CloudCard>
  );
}

function SizeChoice({
  kind,
  credential,
  others,
}: {
  kind: CloudKindInfo;
  credential: Credential;
  others: readonly Credential[];
}) {
  const texts = useWelcomeTexts().cloud;
  const checked = useLoaded(() => hub.call('check_credential', { id: credential.id }), []);
  const offers = checked.value?.offers ?? [];
  const [size, setSize] = useState('');
  const [lent, setLent] = useState(credential.id);
  const setUp = useAction(async () => {
    const placement = { kind: kind.kind, credential: credential.id, lent, ...(size === '' ? {} : { size }) };
    await showNewDirector((await hub.call('set_up', placement)).director);
    go({ page: 'applications' });
  });
  if (checked.failure) {
    return (
      <FailureNotice title={texts.doesNotWork(credential.name)} failure={checked.failure} onRetry={checked.reload} />
    );
  }
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', gap: 1.5 }}>
      <TextField
        select
        label={texts.size}
        value={size}
        disabled={!checked.value}
        helperText={checked.value ? ' ' : texts.asking(kind.title)}
        onChange={({ target }) => setSize(target.value)}
      >
        <MenuItem value="">{texts.usual}</MenuItem>
        {offers.map(({ name, cpus, memoryMb, pricePerHour }) => (
          <MenuItem key={name} value={name}>
            {texts.offer(name, cpus, figure(memoryMb / 1024, 1), priceText(pricePerHour))}
          </MenuItem>
        ))}
      </TextField>
      <LentChoice own={credential} others={others} value={lent} onChange={setLent} />
      {setUp.failure && <FailureNotice failure={setUp.failure} onRetry={() => setUp.run()} />}
      <Box>
        <Button variant="contained" disabled={!checked.value || setUp.busy} onClick={() => setUp.run()}>
          {texts.setUp(kind.title)}
        </Button>
      </Box>
    </Box>
  );
}

/** For whoever was let in by another desktop, or has lost one. */
function Already() {
  const texts = useWelcomeTexts().file;
  const [handOver, setHandOver] = useState<string>();
  const [imported, setImported] = useState<string>();
  const choose = useAction(async (then: (ticket: string) => void) => {
    const [file] = await desktop.chooseFiles('sealed');
    if (file) then(file.ticket);
  });
  return (
    <Box component="section" aria-label={texts.label}>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1, ml: -1.5 }}>
        <Button disabled={choose.busy} onClick={() => choose.run(setHandOver)}>
          {texts.handOver}
        </Button>
        <Button disabled={choose.busy} onClick={() => choose.run(setImported)}>
          {texts.import}
        </Button>
      </Box>
      {choose.failure && <FailureNotice failure={choose.failure} />}
      {handOver !== undefined && (
        <OpenSealedDialog
          title={texts.title}
          text={texts.text}
          action={texts.action}
          ticket={handOver}
          open={async (ticket, passphrase) => {
            const { director } = await hub.call('accept_hand_over', { ticket, passphrase });
            setHandOver(undefined);
            await showNewDirector(director);
            go({ page: 'applications' });
          }}
          onClose={() => setHandOver(undefined)}
        />
      )}
      {imported !== undefined && <ImportDialog ticket={imported} onClose={() => setImported(undefined)} />}
    </Box>
  );
}
