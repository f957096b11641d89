/** What opens over the page by a key; loaded when it is first wanted. */
import { lazy, Suspense } from 'react';
import { closeOverlay, useOverlays } from '../actions/overlays.ts';

const Palette = lazy(async () => ({ default: (await import('./palette.tsx')).Palette }));
const ShortcutsDialog = lazy(async () => ({ default: (await import('./shortcuts-dialog.tsx')).ShortcutsDialog }));

export function Overlays() {
  const open = useOverlays((store) => store.open);
  return (
    <Suspense fallback={null}>
      {open === 'palette' && <Palette onClose={closeOverlay} />}
      {open === 'shortcuts' && <ShortcutsDialog onClose={closeOverlay} />}
    </Suspense>
  );
}
