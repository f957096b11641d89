/** How to trust the deployment's own authority for websites: its certificate as a file, and what to do with it. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogContentText from '@mui/material/DialogContentText';
import DialogTitle from '@mui/material/DialogTitle';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { useId } from 'react';
import { FailureNotice } from '../components/failure-notice.tsx';
import { Preformatted } from '../components/preformatted.tsx';
import { useAction } from '../components/use-action.ts';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import { desktop } from '../hub/desktop.ts';
import { say } from '../stores/notices.ts';
import { useDomainTexts } from './texts.ts';

export function TrustDialog({ onClose }: { readonly onClose: () => void }) {
  const texts = useDomainTexts().trust;
  const title = useId();
  const { value: facts, failure, reload } = useLoaded(() => hub.call('web_authority', {}), []);
  const save = useAction(async () => {
    const [target] = await desktop.chooseTarget(facts?.fileName ?? '');
    if (!target) return;
    await hub.call('export_web_authority', { target: target.ticket });
    say(texts.saved(target.name));
  });
  const trouble = save.failure ?? failure;
  return (
    <Dialog open onClose={onClose} maxWidth="md" aria-labelledby={title}>
      <DialogTitle id={title}>{texts.title}</DialogTitle>
      <DialogContent sx={{ display: 'flex', flexDirection: 'column', gap: 2 }}>
        <DialogContentText>{texts.text}</DialogContentText>
        {trouble && <FailureNotice failure={trouble} onRetry={save.failure ? undefined : reload} />}
        {!facts && !failure && <Skeleton variant="rounded" height={320} />}
        {facts && (
          <>
            <Typography variant="body2">{texts.only(facts.suffixes)}</Typography>
            <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
              {texts.fingerprint(facts.fingerprint)}
            </Typography>
            {facts.steps.map(({ system, text, command, undo }) => (
              <Box component="section" key={system}>
                <Typography component="h3" variant="body1" sx={{ fontWeight: 600 }}>
                  {system}
                </Typography>
                <Typography variant="body2" color="textSecondary">
                  {text}
                </Typography>
                {command !== undefined && (
                  <Preformatted label={system} sx={{ mt: 0.5 }}>
                    {undo === undefined ? command : `${command}\n\n${texts.toUndo}\n${undo}`}
                  </Preformatted>
                )}
              </Box>
            ))}
          </>
        )}
      </DialogContent>
      <DialogActions>
        <Button color="secondary" onClick={onClose}>
          {texts.close}
        </Button>
        <Button variant="contained" disabled={!facts || save.busy} onClick={() => save.run()}>
          {texts.save}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
