/** Backups that the director writes to a volume of its cloud: choosing one, how it goes, restoring from it, removing it. */
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import type { ElsewhereFacts } from '../../main/hub/protocol.ts';
import { ConfirmByName } from '../components/confirm-by-name.tsx';
import { FailureNotice } from '../components/failure-notice.tsx';
import { FormDialog } from '../components/form-dialog.tsx';
import { exactTimeText } from '../components/time.ts';
import { useAction } from '../components/use-action.ts';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import { readClouds } from '../stores/clouds.ts';
import { say } from '../stores/notices.ts';
import { RestoreDialog } from './restore-dialog.tsx';
import { useSecurityTexts } from './texts.ts';

export interface OnVolumeProps {
  /** Of the deployment. */
  readonly name: string;
  readonly elsewhere: ElsewhereFacts;
  readonly onChanged: () => void;
}

export function OnVolume({ name, elsewhere, onChanged }: OnVolumeProps) {
  const texts = useSecurityTexts().backups.elsewhere;
  const [asking, setAsking] = useState<'restore' | 'remove'>();
  const { sizeGb = 0, copies, upToDate, failure } = elsewhere;
  const newest = copies?.newest;
  const close = (): void => setAsking(undefined);
  return (
    <>
      <Typography variant="body2" color="textSecondary" sx={{ maxWidth: 680 }}>
        {[
          texts.volume(sizeGb),
          copies && newest !== undefined ? texts.onVolume(copies.count, exactTimeText(newest)) : '',
          upToDate || failure ? '' : texts.notOnVolume,
          texts.keepVault,
        ].join(' ')}
      </Typography>
      {failure && <FailureNotice title={texts.volumeFailed} failure={failure} />}
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1 }}>
        <Button color="error" variant="outlined" onClick={() => setAsking('restore')}>
          {texts.restoreFromVolume}
        </Button>
        <Button color="error" onClick={() => setAsking('remove')}>
          {texts.remove}
        </Button>
      </Box>
      {asking === 'restore' && <RestoreDialog name={name} backup={undefined} onClose={close} />}
      {asking === 'remove' && (
        <ConfirmByName
          title={texts.removeTitle}
          text={texts.removeText(name)}
          name={name}
          action={texts.removeAction}
          onConfirm={async () => {
            await hub.call('copy_backups_to', {});
            say(texts.removed);
            onChanged();
          }}
          onClose={close}
        />
      )}
    </>
  );
}

const usualSize = '10';
/** GB, as the contract takes it. */
const mostGb = 16_000;

export function VolumeDialog({ onChosen, onClose }: { onChosen: () => void; onClose: () => void }) {
  const all = useSecurityTexts().backups.elsewhere;
  const texts = all.volumeDialog;
  const [size, setSize] = useState(usualSize);
  const { value: isHere } = useLoaded(directorIsHere, []);
  const valid = /^[1-9][0-9]*$/.test(size.trim()) && Number(size) <= mostGb;
  const work = useAction(async () => {
    await hub.call('copy_backups_to', { volume: { sizeGb: Number(size) } });
    say(all.volumeChosen);
    onChosen();
    onClose();
  });
  return (
    <FormDialog
      title={texts.title}
      text={texts.text}
      action={work.busy ? texts.making : texts.action}
      ready={valid}
      work={work}
      failureTitle={texts.failed}
      onClose={onClose}
    >
      {isHere && (
        <Alert severity="warning" variant="outlined">
          {texts.here}
        </Alert>
      )}
      <TextField
        label={texts.size}
        required
        autoFocus
        error={!valid}
        autoComplete="off"
        helperText={valid ? texts.sizeHint : texts.sizeWrong(mostGb)}
        value={size}
        onChange={({ target }) => setSize(target.value)}
        slotProps={{ htmlInput: { inputMode: 'numeric' } }}
      />
    </FormDialog>
  );
}

/** Whether the director's own cloud is this computer, and so its volumes are. */
async function directorIsHere(): Promise<boolean> {
  const [clouds, kinds] = await Promise.all([readClouds(), hub.call('list_cloud_kinds', {})]);
  const home = clouds.find((one) => one.default)?.kind;
  return kinds.find(({ kind }) => kind === home)?.onComputer ?? false;
}
