/** The vault: what protects it, changing that, locking it, and everything in it as one encrypted file. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import MenuItem from '@mui/material/MenuItem';
import Paper from '@mui/material/Paper';
import Skeleton from '@mui/material/Skeleton';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import type { VaultStatus } from '../../main/hub/protocol.ts';
import { useActions } from '../actions/use-actions.ts';
import { FailureNotice } from '../components/failure-notice.tsx';
import { PageHealth } from '../components/page-health.tsx';
import { useAction } from '../components/use-action.ts';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import { desktop } from '../hub/desktop.ts';
import { say } from '../stores/notices.ts';
import { ImportDialog } from '../vault/import-dialog.tsx';
import { ProtectionForm } from '../vault/protection-form.tsx';
import { SaveSealedDialog } from '../vault/sealed-file-dialog.tsx';
import { useSecurityTexts } from './texts.ts';

const kinds = ['keychain', 'passphrase', 'keyfile'] as const;

export function VaultTab() {
  const texts = useSecurityTexts().vault;
  const status = useLoaded(() => hub.call('vault_status', {}), []);
  if (!status.value) {
    return status.failure ? (
      <FailureNotice title={texts.failed} failure={status.failure} onRetry={status.reload} />
    ) : (
      <Skeleton variant="rounded" height={260} />
    );
  }
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', gap: 3 }}>
      <ProtectionSection status={status.value} onChanged={status.reload} />
      {status.value.protection === 'passphrase' && <LockSection status={status.value} onChanged={status.reload} />}
      <FilesSection />
    </Box>
  );
}

interface SectionProps {
  readonly status: VaultStatus;
  readonly onChanged: () => void;
}

function ProtectionSection({ status, onChanged }: SectionProps) {
  const texts = useSecurityTexts().vault;
  const [changing, setChanging] = useState(false);
  const kind = status.protection ?? 'keyfile';
  return (
    <section>
      <Typography component="h2" variant="h2" sx={{ mb: 1 }}>
        {texts.protection}
      </Typography>
      <PageHealth level={kind === 'keyfile' ? 'warning' : 'good'} text={texts.kinds[kind]} />
      {changing ? (
        <Paper sx={{ p: 2 }}>
          <ProtectionForm
            status={status}
            kinds={kinds}
            onProtected={() => {
              setChanging(false);
              say(texts.protected);
              onChanged();
            }}
            onCancel={() => setChanging(false)}
          />
        </Paper>
      ) : (
        <Button variant="outlined" onClick={() => setChanging(true)}>
          {status.protection === 'passphrase' ? texts.changePassphrase : texts.change}
        </Button>
      )}
    </section>
  );
}

const choices = [0, 5, 15, 30, 60, 240] as const;

function LockSection({ status, onChanged }: SectionProps) {
  const texts = useSecurityTexts().vault;
  const lock = useAction(() => hub.call('lock_vault', {}));
  const choose = useAction(async (minutes: number) => {
    await hub.call('set_lock_after', { minutes });
    onChanged();
  });
  useActions([{ id: 'vault.lock', title: texts.lockAction, shortcut: 'Shift+Mod+L', run: () => lock.run() }]);
  const failure = lock.failure ?? choose.failure;
  return (
    <section>
      <Typography component="h2" variant="h2" sx={{ mb: 1 }}>
        {texts.lock}
      </Typography>
      <Box sx={{ display: 'flex', alignItems: 'center', flexWrap: 'wrap', gap: 2 }}>
        <TextField
          select
          label={texts.lockAfter}
          value={status.lockAfterMinutes}
          sx={{ minWidth: 220 }}
          onChange={({ target }) => choose.run(Number(target.value))}
        >
          {[...new Set([...choices, status.lockAfterMinutes])].map((minutes) => (
            <MenuItem key={minutes} value={minutes}>
              {minutes === 0 ? texts.never : texts.minutes(minutes)}
            </MenuItem>
          ))}
        </TextField>
        <Button variant="outlined" disabled={lock.busy} onClick={() => lock.run()}>
          {texts.lockNow}
        </Button>
      </Box>
      <Typography variant="body2" color="textSecondary" sx={{ mt: 1 }}>
        {texts.lockText}
      </Typography>
      {failure && <FailureNotice failure={failure} />}
    </section>
  );
}

function FilesSection() {
  const texts = useSecurityTexts().vault;
  const [exporting, setExporting] = useState(false);
  const [ticket, setTicket] = useState<string>();
  const choose = useAction(async () => {
    const [file] = await desktop.chooseFiles('sealed');
    if (file) setTicket(file.ticket);
  });
  return (
    <section>
      <Typography component="h2" variant="h2" sx={{ mb: 1 }}>
        {texts.files}
      </Typography>
      <Typography variant="body2" color="textSecondary" sx={{ mb: 1.5, maxWidth: 680 }}>
        {texts.filesText}
      </Typography>
      <Box sx={{ display: 'flex', gap: 1 }}>
        <Button variant="outlined" onClick={() => setExporting(true)}>
          {texts.exportMore}
        </Button>
        <Button color="secondary" disabled={choose.busy} onClick={() => choose.run()}>
          {texts.importMore}
        </Button>
      </Box>
      {choose.failure && <FailureNotice failure={choose.failure} />}
      {exporting && (
        <SaveSealedDialog
          title={texts.exportTitle}
          text={texts.exportText}
          fileName="conpaas.conpaas-export"
          save={(passphrase, target) => hub.call('export_everything', { passphrase, target })}
          onSaved={() => say(texts.exported)}
          onClose={() => setExporting(false)}
        />
      )}
      {ticket !== undefined && <ImportDialog ticket={ticket} onClose={() => setTicket(undefined)} />}
    </section>
  );
}
