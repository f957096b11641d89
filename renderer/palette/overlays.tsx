/** What opens over the page by a key; loaded when it is first wanted. */
import { closeOverlay, useOverlays } from '../actions/overlays.ts';
import { later } from '../components/later.tsx';

const Palette = later(async () => (await import('./palette.tsx')).Palette);
const ShortcutsDialog = later(async () => (await import('./shortcuts-dialog.tsx')).ShortcutsDialog);

export function Overlays() {
  const open = useOverlays((store) => store.open);
  return (
    <>
      {open === 'palette' && <Palette onClose={closeOverlay} />}
      {open === 'shortcuts' && <ShortcutsDialog onClose={closeOverlay} />}
    </>
  );
}
