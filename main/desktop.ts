/** What the preload script gives a page, and what a page is told with its first sight. Types only. */
import type { Link } from './electron/links.ts';
import type { FirstSight, Offer } from './hub/protocol.ts';
import type { Preferences } from './preferences.ts';

export type { Preferences } from './preferences.ts';

export interface About {
  readonly version: string;
  readonly electron: string;
  readonly dataDirectory: string;
}

/** What a page is told before it is connected: stands in the page as JSON. */
export interface Told {
  /** undefined: nothing is known. */
  readonly sight?: FirstSight | undefined;
  readonly preferences: Preferences;
  /** The director that was shown last. */
  readonly director?: string | undefined;
  /** The page that was shown last, as its hash. */
  readonly page?: string | undefined;
  /** Ends of operations up to this time were seen by the user, milliseconds since the epoch. */
  readonly seenUntil?: number | undefined;
  readonly version: string;
}

/** Something that the desktop wants shown: a link, a manifest file, or the page that a notification was about. */
export type Opening =
  | { readonly kind: 'link'; readonly link: Link }
  | { readonly kind: 'manifest'; readonly offer: Offer }
  | { readonly kind: 'page'; readonly page: string };

/** An action as the program's menu shows it. */
export interface MenuEntry {
  readonly id: string;
  readonly title: string;
  readonly shortcut?: string | undefined;
  readonly disabled?: boolean | undefined;
  /** The menu that it stands in; `page`: that of the page that is shown. */
  readonly menu: 'file' | 'view' | 'help' | 'page';
}

/** How this program stands to its next version. */
export type UpdateState =
  /** This copy cannot update itself. */
  | { readonly state: 'unsupported'; readonly reason: string }
  | { readonly state: 'unknown' }
  | { readonly state: 'looking' }
  /** There is no newer one; looked at `at`, milliseconds since the epoch. */
  | { readonly state: 'newest'; readonly at: number }
  | { readonly state: 'offered'; readonly version: string; readonly notes?: string }
  | { readonly state: 'downloading'; readonly version: string; readonly percent: number }
  /** Downloaded and checked. */
  | { readonly state: 'ready'; readonly version: string }
  | { readonly state: 'failed'; readonly during: 'look' | 'download'; readonly message: string };

/** A file of the diagnostics bundle. */
export interface DiagnosticsFile {
  readonly name: string;
  readonly text: string;
}

/** What the main process answers the preload script. A refusal is no failure of a handler: Electron would print its stack. */
export type Answered = { readonly value: unknown } | { readonly refused: string };

export interface Desktop {
  /** Asks for a port to the hub; it arrives as a window message `conpaas-hub-port`, and again whenever the hub restarts. */
  connect(): Promise<void>;
  /** Tickets for files the user dropped; a file that is not one on disk gets none. */
  offerFiles(files: readonly File[]): Promise<readonly Offer[]>;
  /** Asks the user for files; none where cancelled. */
  chooseFiles(what: 'manifest' | 'archive' | 'folder' | 'dump' | 'sealed' | 'any'): Promise<readonly Offer[]>;
  /** Asks the user where a download goes: a ticket for it, none where cancelled. */
  chooseTarget(name: string): Promise<readonly Offer[]>;
  /** Asks the user where to save; false where cancelled. */
  saveText(name: string, text: string): Promise<boolean>;
  copyText(text: string): Promise<void>;
  setPreferences(part: Partial<Preferences>): Promise<void>;
  /** Keeps where the user is, for the next window. */
  remember(place: { readonly director?: string; readonly page?: string; readonly seenUntil?: number }): Promise<void>;
  about(): Promise<About>;
  /** Opens the data directory in the file manager. */
  openDataDirectory(): Promise<void>;
  /** Preferences and window as at the first start. Deployments and keys stay. */
  resetPreferences(): Promise<Preferences>;
  /** Says something on the desktop while the window is away; a click shows `page`. */
  notify(note: { readonly title: string; readonly body: string; readonly page: string }): Promise<void>;
  /** What the diagnostics bundle holds, redacted; `state` is what the page knows. */
  collectDiagnostics(state: string): Promise<readonly DiagnosticsFile[]>;
  /** Asks where to save what was collected last; false where cancelled. */
  saveDiagnostics(): Promise<boolean>;
  /** What to do about the next version of this program; `tell` does nothing. @returns how it stands then */
  update(what: 'tell' | 'look' | 'download' | 'install'): Promise<UpdateState>;
  /** @returns what ends it */
  onUpdate(listener: (state: UpdateState) => void): () => void;
  /** The actions that the program's menu shows. */
  setMenu(entries: readonly MenuEntry[]): Promise<void>;
  /** Menu entries that the user chose, by id. @returns what ends it */
  onMenu(listener: (action: string) => void): () => void;
  /** @returns what ends it */
  onOpening(listener: (opening: Opening) => void): () => void;
}
