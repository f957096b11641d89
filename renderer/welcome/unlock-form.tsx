/** The vault is locked: its passphrase, and nothing else, opens the window again. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import { useEffect, useRef, useState } from 'react';
import { FailureNotice } from '../components/failure-notice.tsx';
import { Form } from '../components/form.tsx';
import { useAction } from '../components/use-action.ts';
import { hub } from '../hub/client.ts';
import { useWelcomeTexts } from './texts.ts';

export function UnlockForm({ onUnlocked }: { onUnlocked?: () => void }) {
  const texts = useWelcomeTexts().unlock;
  const [passphrase, setPassphrase] = useState('');
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const unlock = useAction(async () => {
    const typed = passphrase;
    setPassphrase('');
    await hub.call('unlock_vault', { passphrase: typed });
    onUnlocked?.();
  });
  return (
    <Form
      ready={passphrase !== ''}
      onSubmit={() => unlock.run()}
      sx={{ display: 'flex', flexDirection: 'column', gap: 2, maxWidth: 360 }}
    >
      <TextField
        type="password"
        autoComplete="current-password"
        label={texts.passphrase}
        inputRef={field}
        value={passphrase}
        onChange={({ target }) => setPassphrase(target.value)}
      />
      {unlock.failure && <FailureNotice failure={unlock.failure} />}
      <Box>
        <Button type="submit" variant="contained" size="large" disabled={passphrase === '' || unlock.busy}>
          {unlock.busy ? texts.busy : texts.button}
        </Button>
      </Box>
    </Form>
  );
}
