/** What the preload script gives a page. Types only. */
import type { Offer } from './hub/protocol.ts';

export interface About {
  readonly version: string;
  readonly electron: string;
  readonly dataDirectory: string;
}

export interface Desktop {
  /** Asks for a port to the hub; it arrives as a window message `conpaas-hub-port`, and again whenever the hub restarts. */
  connect(): Promise<void>;
  /** Tickets for files the user dropped; a file that is not one on disk gets none. */
  offerFiles(files: readonly File[]): Promise<readonly Offer[]>;
  /** Asks the user for files; none where cancelled. */
  chooseFiles(what: 'manifest' | 'archive' | 'folder' | 'dump'): Promise<readonly Offer[]>;
  /** Asks the user where a download goes: a ticket for it, none where cancelled. */
  chooseTarget(name: string): Promise<readonly Offer[]>;
  /** Asks the user where to save; false where cancelled. */
  saveText(name: string, text: string): Promise<boolean>;
  copyText(text: string): Promise<void>;
  setTheme(theme: 'system' | 'light' | 'dark'): Promise<void>;
  about(): Promise<About>;
  /** Menu entries that a page answers, e.g. `new-application`. @returns what ends it */
  onMenu(listener: (action: string) => void): () => void;
}
