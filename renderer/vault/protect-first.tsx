/** A vault that a key file alone protects takes no secret of a cloud: before one is asked for, it is protected better. */
import Dialog from '@mui/material/Dialog';
import DialogContent from '@mui/material/DialogContent';
import DialogContentText from '@mui/material/DialogContentText';
import DialogTitle from '@mui/material/DialogTitle';
import { type ReactNode, useId } from 'react';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import { ProtectionForm } from './protection-form.tsx';

export interface ProtectFirstProps {
  readonly title: string;
  /** Why. */
  readonly text: string;
  readonly onClose: () => void;
  /** The dialog that asks for the secret. */
  readonly children: ReactNode;
}

export function ProtectFirst({ title, text, onClose, children }: ProtectFirstProps) {
  const titleId = useId();
  const vault = useLoaded(() => hub.call('vault_status', {}), []);
  if (vault.value?.protection !== 'keyfile') return children;
  return (
    <Dialog open onClose={onClose} aria-labelledby={titleId}>
      <DialogTitle id={titleId}>{title}</DialogTitle>
      <DialogContent>
        <DialogContentText sx={{ mb: 2 }}>{text}</DialogContentText>
        <ProtectionForm
          status={vault.value}
          kinds={['keychain', 'passphrase']}
          onProtected={vault.reload}
          onCancel={onClose}
          inDialog
        />
      </DialogContent>
    </Dialog>
  );
}
