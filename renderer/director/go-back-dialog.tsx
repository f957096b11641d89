/** The way back from an upgrade: to what ran before, once the user has agreed. */
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { FailureNotice } from '../components/failure-notice.tsx';
import { FormDialog } from '../components/form-dialog.tsx';
import { useAction } from '../components/use-action.ts';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import { useDirectorTexts } from './texts.ts';

export interface GoBackDialogProps {
  readonly onBegun: () => void;
  readonly onClose: () => void;
}

export function GoBackDialog({ onBegun, onClose }: GoBackDialogProps) {
  const texts = useDirectorTexts().back;
  const { value, failure, reload } = useLoaded(() => hub.call('director_before', {}), []);
  const release = value?.release;
  const work = useAction(async () => {
    await hub.call('upgrade_director', { back: true });
    onBegun();
  });
  return (
    <FormDialog
      danger
      title={texts.title}
      action={texts.action}
      ready={release !== undefined}
      work={work}
      onClose={onClose}
    >
      {failure && <FailureNotice title={texts.failed} failure={failure} onRetry={reload} />}
      {!value && !failure && <Skeleton variant="rounded" height={48} aria-label={texts.asking} />}
      {value && <Typography>{release === undefined ? texts.none : texts.before(release)}</Typography>}
      {release !== undefined && <Typography color="textSecondary">{texts.text}</Typography>}
    </FormDialog>
  );
}
