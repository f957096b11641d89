/** The palette and the list of keys: which of them is open over the page. */
import { create } from 'zustand';
import { topicOf } from '../help/topic-of.ts';
import { go, parseRoute } from '../stores/route.ts';

interface OverlaysStore {
  readonly open: 'palette' | 'shortcuts' | undefined;
}

export const useOverlays = create<OverlaysStore>(() => ({ open: undefined }));

export function showPalette(): void {
  useOverlays.setState({ open: 'palette' });
}

export function showShortcuts(): void {
  useOverlays.setState({ open: 'shortcuts' });
}

export function closeOverlay(): void {
  useOverlays.setState({ open: undefined });
}

/** Help on the page that is shown. */
export function showHelp(): void {
  const topic = topicOf(parseRoute(window.location.hash));
  go({ page: 'help', ...(topic === undefined ? {} : { topic }) });
}
