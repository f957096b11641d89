/** A new application like this one: name it, and say what its secrets are. */
import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogContentText from '@mui/material/DialogContentText';
import DialogTitle from '@mui/material/DialogTitle';
import FormControlLabel from '@mui/material/FormControlLabel';
import Radio from '@mui/material/Radio';
import RadioGroup from '@mui/material/RadioGroup';
import Skeleton from '@mui/material/Skeleton';
import TextField from '@mui/material/TextField';
import { useState } from 'react';
import { FailureNotice } from '../components/failure-notice.tsx';
import { useAction } from '../components/use-action.ts';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import { go } from '../stores/route.ts';

export interface DuplicateDialogProps {
  readonly id: string;
  readonly name: string;
  readonly onClose: () => void;
}

type Secrets = 'copy' | 'ask';

export function DuplicateDialog({ id, name, onClose }: DuplicateDialogProps) {
  const [typed, setTyped] = useState(`${name} copy`);
  const [way, setWay] = useState<Secrets>('copy');
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const { value: all, failure, reload } = useLoaded(() => hub.director('list_secrets', { application: id }), [id]);
  // Those that a service names; generated passwords are made anew.
  const secrets = (all ?? []).filter(({ usedBy }) => usedBy.length > 0).map((secret) => secret.name);
  const wanted = typed.trim();
  const isComplete = way === 'copy' || secrets.every((secret) => values[secret]);
  const duplicate = useAction(async () => {
    const { application } = await hub.director('duplicate_application', {
      application: id,
      name: wanted,
      ...(way === 'copy' ? { copySecrets: secrets } : { secrets: { ...values } }),
    });
    setValues({});
    onClose();
    go({ page: 'application', application });
  });
  return (
    <Dialog open onClose={onClose} aria-labelledby="duplicate-title">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (wanted && isComplete) duplicate.run();
        }}
      >
        <DialogTitle id="duplicate-title">Duplicate {name}</DialogTitle>
        <DialogContent>
          <DialogContentText sx={{ mb: 1 }}>
            The new application has the same services, code and configuration, and machines of its own. Data and domains
            are not copied.
          </DialogContentText>
          <TextField
            autoFocus
            fullWidth
            margin="dense"
            label="Name of the new application"
            value={typed}
            onChange={({ target }) => setTyped(target.value)}
            slotProps={{ htmlInput: { maxLength: 100 } }}
          />
          {failure && <FailureNotice title="Its secrets could not be read" failure={failure} onRetry={reload} />}
          {!all && !failure && <Skeleton height={48} />}
          {secrets.length > 0 && (
            <RadioGroup
              aria-label="Values of its secrets"
              value={way}
              onChange={({ target }) => setWay(target.value === 'ask' ? 'ask' : 'copy')}
              sx={{ mt: 1 }}
            >
              <FormControlLabel
                value="copy"
                control={<Radio size="small" />}
                label={`Copy the values of ${secrets.join(', ')}; they do not leave the director`}
              />
              <FormControlLabel value="ask" control={<Radio size="small" />} label="Give new values" />
            </RadioGroup>
          )}
          {way === 'ask' &&
            secrets.map((secret) => (
              <TextField
                key={secret}
                fullWidth
                margin="dense"
                type="password"
                autoComplete="off"
                label={secret}
                value={values[secret] ?? ''}
                onChange={({ target }) => setValues({ ...values, [secret]: target.value })}
              />
            ))}
          {duplicate.failure && (
            <Alert severity="error" variant="outlined" sx={{ mt: 2 }}>
              {duplicate.failure.message}
            </Alert>
          )}
        </DialogContent>
        <DialogActions>
          <Button color="secondary" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" variant="contained" disabled={!all || !wanted || !isComplete || duplicate.busy}>
            Duplicate
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
