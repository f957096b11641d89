/** What the main process and the hub say to each other (over the utility process's own channel). */
import type { Failure } from '../../remote/core/contract/errors.ts';
import type { Offer } from './protocol.ts';

/** To the hub. `window` comes with the window's end of a MessagePort. */
export type ToHub =
  | { readonly kind: 'window' }
  /** Files the user dropped or chose: the page gets tickets for them, never paths. */
  | { readonly kind: 'offer'; readonly id: number; readonly paths: readonly string[] }
  /** A file that the user has chosen to save to; the page gets a ticket likewise. */
  | { readonly kind: 'target'; readonly id: number; readonly path: string }
  | { readonly kind: 'stop_everything' }
  /** The user was away for long, or the screen was locked. */
  | { readonly kind: 'lock' }
  /** What the keychain says to a question. */
  | {
      readonly kind: 'keychain';
      readonly id: number;
      readonly answer: { readonly backend: string; readonly text: string } | { readonly failure: Failure };
    };

/** Only the main process reaches the keychain of the system. */
export interface KeychainQuestion {
  readonly ask: 'backend' | 'wrap' | 'unwrap';
  readonly text: string;
}

/** From the hub. */
export type FromHub =
  | { readonly kind: 'offered'; readonly id: number; readonly offers: readonly Offer[] }
  /** A web address of an application, to be opened in the user's browser. */
  | { readonly kind: 'open'; readonly url: string }
  /** The password of a service, that the user asked for: for the clipboard, or to be shown; the page never has it. */
  | {
      readonly kind: 'password';
      readonly how: 'copy' | 'show';
      readonly service: string;
      readonly password: string;
    }
  | { readonly kind: 'keychain'; readonly id: number; readonly question: KeychainQuestion }
  /** The vault is to be locked after so long without input, ms; undefined: it is not. */
  | { readonly kind: 'lock_policy'; readonly afterMs: number | undefined }
  /** How many applications go on running when the window closes. */
  | { readonly kind: 'running'; readonly applications: number };
