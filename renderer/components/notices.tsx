import Alert from '@mui/material/Alert';
import Snackbar from '@mui/material/Snackbar';
import { dismiss, type Notice, useNotices } from '../stores/notices.ts';

const severity: Readonly<Record<Notice['level'], 'info' | 'warning' | 'error'>> = {
  info: 'info',
  warning: 'warning',
  alert: 'error',
};

export function Notices() {
  const [notice] = useNotices((store) => store.notices);
  if (!notice) return null;
  const close = () => dismiss(notice.id);
  return (
    <Snackbar
      key={notice.id}
      open
      autoHideDuration={notice.level === 'info' ? 4000 : 10_000}
      onClose={(_event, reason) => reason !== 'clickaway' && close()}
    >
      <Alert
        severity={severity[notice.level]}
        variant="standard"
        onClose={close}
        sx={{ border: 1, borderColor: 'divider' }}
      >
        {notice.text}
      </Alert>
    </Snackbar>
  );
}
