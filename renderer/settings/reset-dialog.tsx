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
import { useSettingsTexts } from './texts.ts';

export function ResetDialog({ onClose }: { onClose: () => void }) {
  const texts = useSettingsTexts();
  const reset = useAction(async () => {
    await resetPreferences();
    onClose();
    say(texts.resetDone);
  });
  return (
    <Dialog open onClose={onClose} aria-labelledby="reset-title">
      <DialogTitle id="reset-title">{texts.resetTitle}</DialogTitle>
      <DialogContent>
        <DialogContentText>
          {texts.resetText} {texts.resetConfirm}
        </DialogContentText>
        {reset.failure && <FailureNotice failure={reset.failure} sx={{ mt: 2 }} />}
      </DialogContent>
      <DialogActions>
        <Button color="secondary" autoFocus onClick={onClose}>
          {texts.cancel}
        </Button>
        <Button variant="contained" disabled={reset.busy} onClick={() => reset.run()}>
          {texts.reset}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
