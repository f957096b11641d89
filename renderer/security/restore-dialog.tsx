/** Making the director anew from a backup: confirmed by the name of the deployment; the steps are the window's then. */
import type { BackupFacts } from '../../main/hub/protocol.ts';
import { ConfirmByName } from '../components/confirm-by-name.tsx';
import { exactTimeText } from '../components/time.ts';
import { hub } from '../hub/client.ts';
import { useSecurityTexts } from './texts.ts';

export interface RestoreDialogProps {
  /** Of the deployment. */
  readonly name: string;
  /** Undefined: the newest on the volume, whichever that is. */
  readonly backup: BackupFacts | undefined;
  readonly onClose: () => void;
}

export function RestoreDialog({ name, backup, onClose }: RestoreDialogProps) {
  const texts = useSecurityTexts().backups.dialog;
  return (
    <ConfirmByName
      title={texts.title}
      text={texts.text(backup && exactTimeText(backup.createdAt))}
      name={name}
      action={texts.action}
      onConfirm={() => hub.call('restore_director', backup ? { backup: backup.id } : {})}
      onClose={onClose}
    />
  );
}
