/** The diagnostics bundle: every file of it is shown before it is saved. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogContentText from '@mui/material/DialogContentText';
import DialogTitle from '@mui/material/DialogTitle';
import ListItemButton from '@mui/material/ListItemButton';
import Skeleton from '@mui/material/Skeleton';
import { useState } from 'react';
import { FailureNotice } from '../components/failure-notice.tsx';
import { Preformatted } from '../components/preformatted.tsx';
import { useAction } from '../components/use-action.ts';
import { useLoaded } from '../components/use-loaded.ts';
import { desktop } from '../hub/desktop.ts';
import { say } from '../stores/notices.ts';
import { stateText } from './state-text.ts';
import { useHelpTexts } from './texts.ts';

export function DiagnosticsDialog({ onClose }: { onClose: () => void }) {
  const texts = useHelpTexts().bundle;
  const { value: files, failure, reload } = useLoaded(() => desktop.collectDiagnostics(stateText()), []);
  const [chosen, setChosen] = useState(0);
  const save = useAction(async () => {
    if (!(await desktop.saveDiagnostics())) return;
    say(texts.saved);
    onClose();
  });
  return (
    <Dialog open onClose={onClose} maxWidth="md" aria-labelledby="diagnostics-title">
      <DialogTitle id="diagnostics-title">{texts.title}</DialogTitle>
      <DialogContent>
        <DialogContentText sx={{ mb: 2 }}>{texts.text}</DialogContentText>
        {(failure ?? save.failure) && (
          <FailureNotice failure={(failure ?? save.failure) as NonNullable<typeof failure>} onRetry={reload} />
        )}
        {!files && !failure && <Skeleton variant="rounded" height={280} />}
        {files && (
          <Box sx={{ display: 'flex', gap: 2, height: 320 }}>
            <Box component="nav" aria-label={texts.files} sx={{ width: 176, flexShrink: 0, overflow: 'auto' }}>
              {files.map(({ name }, index) => (
                <ListItemButton
                  key={name}
                  selected={index === chosen}
                  aria-current={index === chosen ? 'true' : undefined}
                  onClick={() => setChosen(index)}
                  sx={{ py: 0.25, borderRadius: 1, fontSize: '0.8125rem', overflowWrap: 'anywhere' }}
                >
                  {name}
                </ListItemButton>
              ))}
            </Box>
            <Preformatted label={files[chosen]?.name} sx={{ flex: 1, maxHeight: 'none' }}>
              {files[chosen]?.text}
            </Preformatted>
          </Box>
        )}
      </DialogContent>
      <DialogActions>
        <Button color="secondary" onClick={onClose}>
          {texts.close}
        </Button>
        <Button variant="contained" disabled={!files || save.busy} onClick={() => save.run()}>
          {texts.save}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
