/** Where backups are beside this computer: a bucket or a volume that is chosen here, or what the command was told. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import type { BackupsFacts } from '../../main/hub/protocol.ts';
import { FailureNotice } from '../components/failure-notice.tsx';
import { FormDialog } from '../components/form-dialog.tsx';
import { useAction } from '../components/use-action.ts';
import { hub } from '../hub/client.ts';
import { say } from '../stores/notices.ts';
import { ProtectFirst } from '../vault/protect-first.tsx';
import { OnVolume, VolumeDialog } from './backup-volume.tsx';
import { useSecurityTexts } from './texts.ts';

export function Elsewhere({ value, onChanged }: { value: BackupsFacts; onChanged: () => void }) {
  const texts = useSecurityTexts().backups.elsewhere;
  const [choosing, setChoosing] = useState<'bucket' | 'volume'>();
  const { elsewhere } = value;
  const close = (): void => setChoosing(undefined);
  const stop = useAction(async () => {
    await hub.call('copy_backups_to', {});
    say(texts.stopped);
    onChanged();
  });
  return (
    <Box component="section" sx={{ display: 'flex', flexDirection: 'column', gap: 1 }}>
      <Typography component="h3" variant="h3">
        {texts.heading}
      </Typography>
      {elsewhere?.kind === 'volume' ? (
        <OnVolume name={value.name} elsewhere={elsewhere} onChanged={onChanged} />
      ) : (
        <>
          <Typography variant="body2" color="textSecondary" sx={{ maxWidth: 680, overflowWrap: 'anywhere' }}>
            {elsewhere
              ? [texts.there(elsewhere.label), elsewhere.upToDate ? '' : texts.behind, texts.keepVault].join(' ')
              : texts.none}
          </Typography>
          {stop.failure && <FailureNotice title={texts.notStopped} failure={stop.failure} onRetry={() => stop.run()} />}
          <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1 }}>
            <Button variant="outlined" onClick={() => setChoosing('bucket')}>
              {elsewhere ? texts.change : texts.choose}
            </Button>
            <Button variant="outlined" onClick={() => setChoosing('volume')}>
              {texts.chooseVolume}
            </Button>
            {elsewhere && (
              <Button color="secondary" disabled={stop.busy} onClick={() => stop.run()}>
                {texts.stop}
              </Button>
            )}
          </Box>
        </>
      )}
      {choosing === 'volume' && <VolumeDialog onChosen={onChanged} onClose={close} />}
      {choosing === 'bucket' && (
        <BucketDialog
          onChosen={() => {
            say(texts.chosen);
            onChanged();
          }}
          onClose={close}
        />
      )}
    </Box>
  );
}

interface BucketDialogProps {
  readonly onChosen: () => void;
  readonly onClose: () => void;
}

/** Its key is a secret of a cloud, for which the vault must be protected well. */
function BucketDialog({ onChosen, onClose }: BucketDialogProps) {
  const texts = useSecurityTexts().backups.elsewhere;
  return (
    <ProtectFirst title={texts.protect} text={texts.protectText} onClose={onClose}>
      <BucketFields onChosen={onChosen} onClose={onClose} />
    </ProtectFirst>
  );
}

const empty = { bucket: '', prefix: '', region: 'us-east-1', endpoint: '', accessKeyId: '', secretAccessKey: '' };
type Field = keyof typeof empty;

function BucketFields({ onChosen, onClose }: BucketDialogProps) {
  const texts = useSecurityTexts().backups.elsewhere.dialog;
  const [typed, setTyped] = useState(empty);
  const { endpoint, ...rest } = typed;
  const required: readonly Field[] = ['bucket', 'region', 'accessKeyId', 'secretAccessKey'];
  const work = useAction(async () => {
    const bucket = { ...rest, ...(endpoint.trim() === '' ? {} : { endpoint: endpoint.trim() }) };
    await hub.call('copy_backups_to', { bucket });
    setTyped(empty);
    onChosen();
    onClose();
  });
  const field = (name: Field, hint?: string) => (
    <TextField
      key={name}
      label={texts[name]}
      required={required.includes(name)}
      type={name === 'secretAccessKey' ? 'password' : 'text'}
      autoComplete="off"
      helperText={hint}
      value={typed[name]}
      onChange={({ target }) => setTyped({ ...typed, [name]: target.value })}
    />
  );
  return (
    <FormDialog
      title={texts.title}
      text={texts.text}
      action={work.busy ? texts.trying : texts.action}
      ready={required.every((name) => typed[name].trim() !== '')}
      work={work}
      failureTitle={texts.failed}
      onClose={onClose}
    >
      {field('bucket')}
      {field('prefix')}
      {field('region')}
      {field('endpoint', texts.endpointHint)}
      {field('accessKeyId')}
      {field('secretAccessKey', texts.keyHint)}
    </FormDialog>
  );
}
