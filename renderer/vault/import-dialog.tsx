/** An export, opened: what is in it, before it is merged with what is here or replaces it. */
import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import FormControlLabel from '@mui/material/FormControlLabel';
import Radio from '@mui/material/Radio';
import RadioGroup from '@mui/material/RadioGroup';
import { useState } from 'react';
import type { HubResults } from '../../main/hub/protocol.ts';
import { Facts } from '../components/facts.tsx';
import { FailureNotice } from '../components/failure-notice.tsx';
import { timeText } from '../components/time.ts';
import { useAction } from '../components/use-action.ts';
import { hub } from '../hub/client.ts';
import { say } from '../stores/notices.ts';
import { OpenSealedDialog } from './sealed-file-dialog.tsx';
import { useVaultTexts } from './texts.ts';

type Summary = HubResults['inspect_export'];

export function ImportDialog({ ticket, onClose }: { ticket: string; onClose: () => void }) {
  const texts = useVaultTexts().taking;
  const [opened, setOpened] = useState<{ summary: Summary; passphrase: string }>();
  if (!opened) {
    return (
      <OpenSealedDialog
        title={texts.title}
        text={texts.text}
        action={texts.open}
        ticket={ticket}
        open={async (chosen, passphrase) =>
          setOpened({ summary: await hub.call('inspect_export', { ticket: chosen, passphrase }), passphrase })
        }
        onClose={onClose}
      />
    );
  }
  return <Contents ticket={ticket} {...opened} onClose={onClose} />;
}

interface ContentsProps {
  readonly ticket: string;
  readonly summary: Summary;
  readonly passphrase: string;
  readonly onClose: () => void;
}

function Contents({ ticket, summary, passphrase, onClose }: ContentsProps) {
  const texts = useVaultTexts().taking;
  const [mode, setMode] = useState<'merge' | 'replace'>('merge');
  const { deployments, credentials, secrets, missing, createdAt } = summary;
  const lost = mode === 'replace' && missing.length > 0;
  const take = useAction(async () => {
    await hub.call('import_everything', { ticket, passphrase, mode });
    say(texts.done);
    onClose();
  });
  return (
    <Dialog open onClose={onClose} aria-labelledby="import-title">
      <DialogTitle id="import-title">{texts.title}</DialogTitle>
      <DialogContent sx={{ display: 'flex', flexDirection: 'column', gap: 2 }}>
        <Facts
          label={texts.contents}
          rows={[
            [texts.made, timeText(createdAt)],
            ...deployments.map(
              ({ name, cloud, place }) => [texts.deployment(name), texts.places[place](cloud)] as const,
            ),
            [texts.credentials, credentials.join(', ') || texts.none],
            [texts.secrets, String(secrets)],
          ]}
        />
        <RadioGroup
          aria-label={texts.how}
          value={mode}
          onChange={(_event, value) => setMode(value === 'replace' ? 'replace' : 'merge')}
        >
          <FormControlLabel value="merge" control={<Radio size="small" />} label={texts.mergeText} />
          <FormControlLabel value="replace" control={<Radio size="small" />} label={texts.replaceText} />
        </RadioGroup>
        {lost && (
          <Alert severity="warning" variant="outlined">
            {texts.lost(missing)}
          </Alert>
        )}
        {take.failure && <FailureNotice failure={take.failure} />}
      </DialogContent>
      <DialogActions>
        <Button color="secondary" onClick={onClose}>
          {texts.cancel}
        </Button>
        <Button
          variant="contained"
          color={mode === 'replace' ? 'error' : 'primary'}
          disabled={lost || take.busy}
          onClick={() => take.run()}
        >
          {mode === 'replace' ? texts.replace : texts.merge}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
