import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogContentText from '@mui/material/DialogContentText';
import DialogTitle from '@mui/material/DialogTitle';
import { FailureNotice } from '../components/failure-notice.tsx';
import { useAction } from '../components/use-action.ts';
import { say } from '../stores/notices.ts';
import { resetPreferences } from '../stores/preferences.ts';
import { useTexts } from '../texts/index.ts';

export function ResetDialog({ onClose }: { onClose: () => void }) {
  const { settings } = useTexts();
  const reset = useAction(async () => {
    await resetPreferences();
    onClose();
    say(settings.resetDone);
  });
  return (
    <Dialog open onClose={onClose} aria-labelledby="reset-title">
      <DialogTitle id="reset-title">{settings.resetTitle}</DialogTitle>
      <DialogContent>
        <DialogContentText>
          {settings.resetText} {settings.resetConfirm}
        </DialogContentText>
        {reset.failure && <FailureNotice failure={reset.failure} sx={{ mt: 2 }} />}
      </DialogContent>
      <DialogActions>
        <Button color="secondary" autoFocus onClick={onClose}>
          {settings.cancel}
        </Button>
        <Button variant="contained" disabled={reset.busy} onClick={() => reset.run()}>
          {settings.reset}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
