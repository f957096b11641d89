/** Dialogs about encrypted files: one asks for a new passphrase and saves, one opens a file that was chosen. */
import TextField from '@mui/material/TextField';
import { type ReactNode, useState } from 'react';
import { FormDialog } from '../components/form-dialog.tsx';
import { noPassphrase, PassphraseFields, passphraseOf } from '../components/passphrase-fields.tsx';
import { useAction } from '../components/use-action.ts';
import { desktop } from '../hub/desktop.ts';
import { useVaultTexts } from './texts.ts';

export interface SaveSealedProps {
  readonly title: string;
  readonly text: string;
  /** Proposed name of the file. */
  readonly fileName: string;
  /** More fields, before the passphrase. */
  readonly children?: ReactNode;
  /** Whether these are filled in. */
  readonly ready?: boolean;
  /** @param target ticket of the file to write */
  readonly save: (passphrase: string, target: string) => Promise<unknown>;
  readonly onSaved: () => void;
  readonly onClose: () => void;
}

export function SaveSealedDialog(props: SaveSealedProps) {
  const texts = useVaultTexts().file;
  const { title, text, fileName, children, ready = true, save, onSaved, onClose } = props;
  const [typed, setTyped] = useState(noPassphrase);
  const passphrase = passphraseOf(typed);
  const saving = useAction(async () => {
    if (passphrase === undefined) return;
    const [target] = await desktop.chooseTarget(fileName);
    if (!target) return;
    setTyped(noPassphrase);
    await save(passphrase, target.ticket);
    onSaved();
    onClose();
  });
  return (
    <FormDialog
      title={title}
      text={text}
      action={texts.save}
      ready={passphrase !== undefined && ready}
      work={saving}
      onClose={onClose}
    >
      {children}
      <PassphraseFields label={texts.passphraseFor} value={typed} onChange={setTyped} />
    </FormDialog>
  );
}

export interface OpenSealedProps {
  readonly title: string;
  readonly text: string;
  readonly action: string;
  readonly ticket: string;
  readonly open: (ticket: string, passphrase: string) => Promise<unknown>;
  readonly onClose: () => void;
}

export function OpenSealedDialog({ title, text, action, ticket, open, onClose }: OpenSealedProps) {
  const [passphrase, setPassphrase] = useState('');
  const opening = useAction(async () => {
    const typed = passphrase;
    setPassphrase('');
    await open(ticket, typed);
  });
  return (
    <FormDialog title={title} text={text} action={action} ready={passphrase !== ''} work={opening} onClose={onClose}>
      <TextField
        autoFocus
        type="password"
        autoComplete="off"
        label={useVaultTexts().file.passphraseOf}
        value={passphrase}
        onChange={({ target }) => setPassphrase(target.value)}
      />
    </FormDialog>
  );
}
