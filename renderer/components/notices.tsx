import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import Snackbar from '@mui/material/Snackbar';
import { failureOf } from '../hub/client.ts';
import { dismiss, say, useNotices } from '../stores/notices.ts';
import { useComponentTexts } from './texts/common.ts';

export function Notices() {
  const texts = useComponentTexts();
  const [notice] = useNotices((store) => store.notices);
  if (!notice) return null;
  const close = () => dismiss(notice.id);
  const { undo } = notice;
  const takeBack = () => {
    close();
    undo?.().catch((thrown: unknown) =>
      say(texts.notices.notUndone(failureOf(thrown).message), { level: 'warning', undo }),
    );
  };
  return (
    <Snackbar
      key={notice.id}
      open
      anchorOrigin={{ vertical: 'bottom', horizontal: 'right' }}
      autoHideDuration={notice.level === 'info' && !undo ? 4000 : 10_000}
      onClose={(_event, reason) => reason !== 'clickaway' && close()}
    >
      <Alert
        severity={notice.level === 'alert' ? 'error' : notice.level}
        role={notice.level === 'info' ? 'status' : 'alert'}
        variant="standard"
        onClose={close}
        closeText={texts.close}
        {...(undo
          ? {
              action: (
                <Button color="inherit" onClick={takeBack}>
                  {texts.notices.undo}
                </Button>
              ),
            }
          : {})}
        sx={{ border: 1, borderColor: 'divider' }}
      >
        {notice.text}
      </Alert>
    </Snackbar>
  );
}
