import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import { useState } from 'react';
import { Form } from '../components/form.tsx';
import { useAction } from '../components/use-action.ts';
import { hub } from '../hub/client.ts';
import { say } from '../stores/notices.ts';
import { useSecretTexts } from './texts.ts';

/** A value on its way to the director; the field is emptied whatever comes of it. */
export function SecretValue({ application, name, onDone }: { application: string; name: string; onDone: () => void }) {
  const texts = useSecretTexts();
  const [value, setValue] = useState('');
  const save = useAction(async () => {
    const sent = hub.director('set_secret', { application, name, value });
    setValue('');
    await sent;
    say(texts.saved(name));
    onDone();
  });
  return (
    <Form ready={value !== ''} onSubmit={() => save.run()} sx={{ display: 'flex', gap: 1, alignItems: 'flex-start' }}>
      <TextField
        autoFocus
        fullWidth
        type="password"
        autoComplete="new-password"
        value={value}
        error={save.failure !== undefined}
        helperText={save.failure?.message}
        onChange={({ target }) => setValue(target.value)}
        slotProps={{ htmlInput: { 'aria-label': texts.newValue(name) } }}
      />
      <Button type="submit" variant="contained" disabled={value === '' || save.busy}>
        {texts.save}
      </Button>
    </Form>
  );
}
