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

type Summary = HubResults['inspect_export'];

const places = {
  new: 'new here',
  here: 'here already, stays as it is',
  away: 'its machines are on the other computer, stays there',
} as const;

export function ImportDialog({ ticket, onClose }: { ticket: string; onClose: () => void }) {
  const [opened, setOpened] = useState<{ summary: Summary; passphrase: string }>();
  if (!opened) {
    return (
      <OpenSealedDialog
        title="Import an export"
        text="You see what is in the file before anything changes."
        action="Open"
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
  const [mode, setMode] = useState<'merge' | 'replace'>('merge');
  const { deployments, credentials, secrets, missing, createdAt } = summary;
  const lost = mode === 'replace' && missing.length > 0;
  const take = useAction(async () => {
    await hub.call('import_everything', { ticket, passphrase, mode });
    say('The export was taken over.');
    onClose();
  });
  return (
    <Dialog open onClose={onClose} aria-labelledby="import-title">
      <DialogTitle id="import-title">Import an export</DialogTitle>
      <DialogContent sx={{ display: 'flex', flexDirection: 'column', gap: 2 }}>
        <Facts
          label="What is in the file"
          rows={[
            ['Made', timeText(createdAt)],
            ...deployments.map(
              ({ name, cloud, place }) => [`Deployment ${name}`, `${cloud} · ${places[place]}`] as const,
            ),
            ['Credentials of clouds', credentials.join(', ') || 'none'],
            ['Keys and secrets in all', String(secrets)],
          ]}
        />
        <RadioGroup
          aria-label="How to take it over"
          value={mode}
          onChange={(_event, value) => setMode(value === 'replace' ? 'replace' : 'merge')}
        >
          <FormControlLabel value="merge" control={<Radio size="small" />} label="Merge: what is here stays" />
          <FormControlLabel
            value="replace"
            control={<Radio size="small" />}
            label="Replace: only what is in the file counts"
          />
        </RadioGroup>
        {lost && (
          <Alert severity="warning" variant="outlined">
            {missing.join(', ')} is not in the file and would be out of reach for ever. Destroy it first, or merge.
          </Alert>
        )}
        {take.failure && <FailureNotice failure={take.failure} />}
      </DialogContent>
      <DialogActions>
        <Button color="secondary" onClick={onClose}>
          Cancel
        </Button>
        <Button
          variant="contained"
          color={mode === 'replace' ? 'error' : 'primary'}
          disabled={lost || take.busy}
          onClick={() => take.run()}
        >
          {mode === 'replace' ? 'Replace' : 'Merge'}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
