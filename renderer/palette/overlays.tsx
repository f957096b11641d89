/** What opens over the page by a key; loaded when it is first wanted. */
import { closeOverlay, keepTyped, useOverlays } from '../actions/overlays.ts';
import { actionTexts } from '../actions/texts.ts';
import { later } from '../components/later.tsx';

const Palette = later(async () => (await import('./palette.tsx')).Palette, TypedMeanwhile);
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

/** Takes the keys of whoever types before the palette is there, out of sight. */
function TypedMeanwhile() {
  return (
    <input
      // biome-ignore lint/a11y/noAutofocus: whoever opens the palette types into it at once
      autoFocus
      aria-label={actionTexts().window.palette}
      onChange={({ target }) => keepTyped(target.value)}
      onKeyDown={({ key }) => key === 'Escape' && closeOverlay()}
      style={{ position: 'fixed', opacity: 0, pointerEvents: 'none' }}
    />
  );
}
