/** What a manifest would do, then doing it. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import Skeleton from '@mui/material/Skeleton';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import type { ManifestSource } from '../../main/hub/protocol.ts';
import { CloudChoice } from '../clouds/cloud-choice.tsx';
import { AddressLink } from '../components/address-link.tsx';
import { FailureNotice } from '../components/failure-notice.tsx';
import { OperationSteps } from '../components/operation-steps.tsx';
import { Preformatted } from '../components/preformatted.tsx';
import { useAction } from '../components/use-action.ts';
import { useLoaded } from '../components/use-loaded.ts';
import { useOperation } from '../components/use-operation.ts';
import { Worded } from '../components/worded.tsx';
import { hub } from '../hub/client.ts';
import { useApplications } from '../stores/applications.ts';
import { clearDraft, type Draft } from '../stores/draft.ts';
import { editManifest } from '../stores/edit.ts';
import { go } from '../stores/route.ts';
import { PlanView } from './plan-view.tsx';
import { useApplicationTexts } from './texts.ts';

interface Applied {
  readonly application: string;
  readonly operation: string;
}

export function DraftPlan({ draft: { source, origin } }: { draft: Draft }) {
  const texts = useApplicationTexts().draft;
  const [name, setName] = useState('');
  const [planned, setPlanned] = useState('');
  const [cloud, setCloud] = useState<string>();
  const placed = {
    ...(planned.trim() === '' ? {} : { name: planned.trim() }),
    ...(cloud === undefined ? {} : { cloud }),
  };
  const plans = useLoaded(
    async () => ({ of: cloud, plan: await hub.call('plan', { source, ...placed }) }),
    [source, planned, cloud],
  );
  // That of another cloud, with its cost, is not shown while this one is planned.
  const plan = plans.value?.of === cloud ? plans.value?.plan : undefined;
  // One that is there already stays where it is; a choice that does not fit can be taken back.
  const asksCloud = cloud !== undefined || plans.value?.plan.exists === false;
  const manifest = useLoaded(() => hub.call('read_manifest', { source }), [source]);
  const [applied, setApplied] = useState<Applied>();
  const apply = useAction(async () => setApplied(await hub.call('apply', { source, ...placed })));
  const edit = useAction(async () => editSource(source, origin));
  if (applied) return <Progress {...applied} />;
  return (
    <Box sx={{ maxWidth: 760 }}>
      <Typography color="textSecondary" sx={{ mb: 2 }}>
        {texts.what(origin)}
      </Typography>
      {plans.failure && (
        <FailureNotice title={texts.unusable} failure={plans.failure} onRetry={plans.reload} sx={{ mb: 2 }} />
      )}
      {plans.value && (!plans.failure || asksCloud) && (
        <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 2, mb: 2 }}>
          <TextField
            label={texts.name}
            value={name}
            placeholder={plans.value.plan.application}
            onChange={({ target }) => setName(target.value)}
            onBlur={() => setPlanned(name)}
            onKeyDown={({ key }) => key === 'Enter' && setPlanned(name)}
            slotProps={{ inputLabel: { shrink: true }, htmlInput: { maxLength: 100, spellCheck: false } }}
            sx={{ width: 320 }}
          />
          {asksCloud && <CloudChoice value={cloud} onChange={setCloud} />}
        </Box>
      )}
      {!plan && !plans.failure && <Skeleton variant="rounded" height={140} />}
      {plan && !plans.failure && <PlanView plan={plan} />}
      {edit.failure && <FailureNotice title={texts.notOpened} failure={edit.failure} />}
      {apply.failure && (
        <FailureNotice title={texts.notApplied} failure={apply.failure} onRetry={() => apply.run()} sx={{ mt: 2 }} />
      )}
      <Box sx={{ display: 'flex', gap: 1, mt: 2.5 }}>
        <Button
          variant="contained"
          disabled={!plan || plans.failure !== undefined || apply.busy}
          onClick={() => apply.run()}
        >
          {plan?.exists ? texts.apply : texts.create}
        </Button>
        <Button variant="outlined" disabled={edit.busy} onClick={() => edit.run()}>
          {texts.edit}
        </Button>
        <Button color="secondary" onClick={clearDraft}>
          {texts.another}
        </Button>
      </Box>
      {manifest.value && <ManifestText text={manifest.value.text} />}
    </Box>
  );
}

/** The same manifest in the editor. */
async function editSource(source: ManifestSource, name: string): Promise<void> {
  if (source.from === 'document') go({ page: 'editor', document: source.document });
  else if (source.from === 'text') await editManifest({ ...source, name });
  else await editManifest(source);
}

function ManifestText({ text }: { text: string }) {
  const { manifest } = useApplicationTexts().draft;
  return (
    <Box component="details" sx={{ mt: 3 }}>
      <Box component="summary" sx={{ cursor: 'pointer', color: 'text.secondary', fontSize: '0.875rem' }}>
        {manifest}
      </Box>
      <Preformatted label={manifest} maxHeight={360} sx={{ mt: 1, p: 2 }}>
        {text}
      </Preformatted>
    </Box>
  );
}

function Progress({ application, operation: id }: Applied) {
  const texts = useApplicationTexts().draft;
  const operation = useOperation(id);
  const address = useApplications(({ byId }) => byId.get(application)?.address);
  return (
    <Paper sx={{ maxWidth: 760, p: 2.5 }}>
      {operation ? <OperationSteps operation={operation} /> : <Skeleton variant="rounded" height={120} />}
      {operation?.state === 'done' && (
        <Typography sx={{ mt: 1.5 }} role="status">
          {address ? (
            <Worded
              text={texts.runsAt}
              values={[<AddressLink key="address" application={application} address={address} />]}
            />
          ) : (
            texts.runs
          )}
        </Typography>
      )}
      <Button
        variant={operation?.state === 'done' ? 'contained' : 'outlined'}
        sx={{ mt: 2 }}
        onClick={() => go({ page: 'application', application })}
      >
        {texts.show}
      </Button>
    </Paper>
  );
}
