/** How much of the disk read log lines may take. */
import TextField from '@mui/material/TextField';
import { useState } from 'react';
import { FormDialog } from '../components/form-dialog.tsx';
import { useAction } from '../components/use-action.ts';
import { hub } from '../hub/client.ts';
import { useLogTexts } from './texts.ts';

export function CapDialog({ capBytes, onClose }: { capBytes: number; onClose: () => void }) {
  const texts = useLogTexts().cap;
  const [gigabytes, setGigabytes] = useState((capBytes / 1e9).toFixed(1).replace(/\.0$/, ''));
  const value = Number(gigabytes);
  const isWrong = !(value >= 0.1 && value <= 500);
  const change = useAction(async () => {
    await hub.call('log_spool', { capBytes: Math.round(value * 1e9) });
    onClose();
  });
  return (
    <FormDialog
      title={texts.title}
      text={texts.text}
      action={texts.change}
      ready={!isWrong}
      work={change}
      maxWidth="xs"
      onClose={onClose}
    >
      <TextField
        label={texts.gigabytes}
        value={gigabytes}
        error={isWrong}
        helperText={isWrong ? texts.bounds : undefined}
        onChange={({ target }) => setGigabytes(target.value)}
      />
    </FormDialog>
  );
}
