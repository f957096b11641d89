import TextField from '@mui/material/TextField';
import { useState } from 'react';
import { withUndo } from '../actions/with-undo.ts';
import { FormDialog } from '../components/form-dialog.tsx';
import { useAction } from '../components/use-action.ts';
import { hub } from '../hub/client.ts';
import { useApplicationTexts } from './texts.ts';

export function RenameDialog({ id, name, onClose }: { id: string; name: string; onClose: () => void }) {
  const texts = useApplicationTexts().rename;
  const [typed, setTyped] = useState(name);
  const wanted = typed.trim();
  const rename = useAction(async () => {
    await withUndo({
      act: () => hub.director('rename_application', { application: id, name: wanted }),
      undo: () => hub.director('rename_application', { application: id, name }),
      said: texts.done(name, wanted),
    });
    onClose();
  });
  return (
    <FormDialog
      title={texts.title(name)}
      action={texts.action}
      ready={wanted !== '' && wanted !== name}
      work={rename}
      onClose={onClose}
    >
      <TextField
        autoFocus
        fullWidth
        margin="dense"
        label={texts.label}
        helperText={texts.hint}
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
        slotProps={{ htmlInput: { maxLength: 100 } }}
      />
    </FormDialog>
  );
}
