/** Manifests from anywhere in the window: a new one, one from a file, and the ready-made ones. */
import { failureOf } from '../hub/client.ts';
import { desktop } from '../hub/desktop.ts';
import { editManifest } from '../stores/edit.ts';
import { say } from '../stores/notices.ts';
import { useReadyMade } from '../stores/ready-made.ts';
import { useActionTexts } from './texts.ts';
import { useActions } from './use-actions.ts';

function edit(source: Parameters<typeof editManifest>[0]): void {
  editManifest(source).catch((thrown: unknown) => say(failureOf(thrown).message, { level: 'alert' }));
}

async function openFile(): Promise<void> {
  const [offer] = await desktop.chooseFiles('manifest');
  if (offer) edit({ from: 'ticket', ticket: offer.ticket });
}

/** Puts them into the table for the life of the window. */
export function useManifestActions(): void {
  const texts = useActionTexts().manifests;
  const readyMade = useReadyMade(({ list }) => list);
  useActions([
    { id: 'new-manifest', title: texts.make, menu: 'file', run: () => edit({ from: 'template' }) },
    { id: 'open-manifest', title: texts.open, shortcut: 'Mod+O', menu: 'file', run: () => void openFile() },
    ...readyMade.map(({ id, name }) => ({
      id: `ready-made.${id}`,
      title: texts.readyMade(name),
      run: () => edit({ from: 'ready_made', id }),
    })),
  ]);
}
