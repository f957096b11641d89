/** What the preload script gives this page. */
import type { Desktop } from '../../main/desktop.ts';

declare global {
  interface Window {
    readonly conpaas: Desktop;
  }
}

export const desktop: Desktop = window.conpaas;
