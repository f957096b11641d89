import TextField from '@mui/material/TextField';
import { useState } from 'react';
import { withUndo } from '../actions/with-undo.ts';
import { FormDialog } from '../components/form-dialog.tsx';
import { useAction } from '../components/use-action.ts';
import { hub } from '../hub/client.ts';

export function RenameDialog({ id, name, onClose }: { id: string; name: string; onClose: () => void }) {
  const [typed, setTyped] = useState(name);
  const wanted = typed.trim();
  const rename = useAction(async () => {
    await withUndo({
      act: () => hub.director('rename_application', { application: id, name: wanted }),
      undo: () => hub.director('rename_application', { application: id, name }),
      said: `${name} is now called ${wanted}.`,
    });
    onClose();
  });
  return (
    <FormDialog
      title={`Rename ${name}`}
      action="Rename"
      ready={wanted !== '' && wanted !== name}
      work={rename}
      onClose={onClose}
    >
      <TextField
        autoFocus
        fullWidth
        margin="dense"
        label="New name"
        helperText="Its address stays."
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
        slotProps={{ htmlInput: { maxLength: 100 } }}
      />
    </FormDialog>
  );
}
