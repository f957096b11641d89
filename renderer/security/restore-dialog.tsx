/** Making the director anew from a backup: confirmed by the name of the deployment; the steps are the window's then. */
import type { BackupFacts } from '../../main/hub/protocol.ts';
import { ConfirmByName } from '../components/confirm-by-name.tsx';
import { exactTimeText } from '../components/time.ts';
import { hub } from '../hub/client.ts';
import { useSecurityTexts } from './texts.ts';

export interface RestoreDialogProps {
  /** Of the deployment. */
  readonly name: string;
  readonly backup: BackupFacts;
  readonly onClose: () => void;
}

export function RestoreDialog({ name, backup, onClose }: RestoreDialogProps) {
  const texts = useSecurityTexts().backups.dialog;
  return (
    <ConfirmByName
      title={texts.title}
      text={texts.text(exactTimeText(backup.createdAt))}
      name={name}
      action={texts.action}
      onConfirm={() => hub.call('restore_director', { backup: backup.id })}
      onClose={onClose}
    />
  );
}
