/** The programs of the director's own release: what new machines run, and what an upgrade brings all others to. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Program, ProgramFile } from '../../core/contract/release.ts';
import { digestFile } from '../../core/files/index.ts';
import { ownRelease } from '../../core/release/index.ts';

/** What runs on a machine beside the director; `host`: what keeps the others running. */
export type MemberRole = 'manager' | 'agent' | 'host';

export interface OwnPrograms {
  /** For a machine that is made now: it has the Node of this director anyway. */
  of(role: MemberRole): Promise<Program>;
  /**
   * For one that was made before: with the Node to run on, where machines have one of their own.
   * @param node SHA-256 of it, where that is not this director's
   */
  complete(role: MemberRole, node?: string): Promise<Program>;
}

/**
 * @param bundles directory that this director runs from
 * @returns undefined where that is no release of a store: what lies there may be of another build by now
 */
export function ownPrograms(bundles: string): OwnPrograms | undefined {
  if (path.basename(bundles) !== ownRelease) return undefined;
  const known = new Map<string, Promise<string>>();
  const digest = (file: string): Promise<string> => {
    const present = known.get(file) ?? digestFile(file, undefined).then(({ sha256 }) => sha256);
    known.set(file, present);
    return present;
  };
  const program = async (role: MemberRole, node?: string): Promise<Program> => {
    const name: ProgramFile = `${role}.mjs`;
    const files = { [name]: await digest(path.join(bundles, name)), ...(node !== undefined && { node }) };
    return { release: ownRelease, files, attempt: 1 };
  };
  return {
    of: (role) => program(role),
    async complete(role, node) {
      const beside = nodeBeside(bundles);
      return program(role, node ?? (beside === undefined ? undefined : await digest(beside)));
    },
  };
}

/** The Node of this director's release, or of its machine; undefined: a local host plays the machines. */
function nodeBeside(bundles: string): string | undefined {
  const places = [bundles, path.dirname(path.dirname(bundles))];
  return places.map((directory) => path.join(directory, 'node')).find((file) => existsSync(file));
}
