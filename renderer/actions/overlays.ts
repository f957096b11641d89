/** The palette and the list of keys: which of them is open over the page. */
import { create } from 'zustand';
import { topicOf } from '../help/topic-of.ts';
import { go, parseRoute } from '../stores/route.ts';

interface OverlaysStore {
  readonly open: 'palette' | 'shortcuts' | undefined;
  /** What was typed while the palette was still being fetched: it begins with that. */
  readonly typed: string;
}

export const useOverlays = create<OverlaysStore>(() => ({ open: undefined, typed: '' }));

export function showPalette(): void {
  useOverlays.setState({ open: 'palette', typed: '' });
}

export function keepTyped(typed: string): void {
  useOverlays.setState({ typed });
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
