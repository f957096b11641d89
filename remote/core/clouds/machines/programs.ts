/** What every machine runs: the Node runtime and our bundles, addressed by their SHA-256. */
import path from 'node:path';
import type { Architecture } from '../../contract/runtimes.ts';
import { digestFile } from '../../files/digest.ts';
import type { Contact } from './contact.ts';

export const programNames = ['node', 'host.mjs', 'director.mjs', 'manager.mjs', 'agent.mjs'] as const;
export type ProgramName = (typeof programNames)[number];

export interface Program {
  readonly name: ProgramName;
  /** Where it is here. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** How a new machine comes by its programs. */
export type ProgramSource =
  /** Whoever makes the machine copies them: what the desktop does for its director. */
  | {
      readonly kind: 'copy';
      /** Of machines with such processors. @throws ConpaasError where there is no Node for them */
      programs(architecture: Architecture): Promise<readonly Program[]>;
      /** The way into machines, for clouds that have none of their own. */
      readonly contact?: Contact | undefined;
    }
  /** The machine fetches them from the director: what a director does for all others. */
  | {
      readonly kind: 'fetch';
      /** As above. */
      programs(architecture: Architecture): Promise<readonly Program[]>;
      /** Read when a machine is made: the port is known once the director serves. */
      readonly director: { readonly host: string; readonly port: number };
      /** Debian packages that agents need, for machines of plain images. */
      readonly packages?: readonly string[] | undefined;
    };

/**
 * The programs of a directory of bundles and a runtime; each file is read once in the life of the result.
 * @throws ConpaasError not_found where one is missing
 */
export function programsOf(bundles: string, runtime: string): () => Promise<readonly Program[]> {
  let found: Promise<readonly Program[]> | undefined;
  const digest = async (name: ProgramName): Promise<Program> => {
    const file = name === 'node' ? runtime : path.join(bundles, name);
    return { name, path: file, ...(await digestFile(file, undefined)) };
  };
  return () => {
    found ??= Promise.all(programNames.map(digest)).catch((error: unknown) => {
      found = undefined; // a build may be under way: asked again, read again
      throw error;
    });
    return found;
  };
}
