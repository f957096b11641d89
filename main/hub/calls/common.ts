/** Parts of calls that several subjects share. */
import { z } from 'zod';

/** Name of a method of the contract. */
export const method = z.string().regex(/^[a-z][a-z0-9_]{0,60}$/);

/** Id or name of an application. */
export const application = z.string().min(1).max(100);

/** A file or folder that the user handed in; the page knows it by its ticket. */
export interface Offer {
  readonly ticket: string;
  readonly name: string;
  readonly kind: 'file' | 'folder';
  /** Bytes of a file. */
  readonly size?: number | undefined;
}

export const ticket = z.string().max(64);
