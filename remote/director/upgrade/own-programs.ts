/** The programs of the director's own release: what new machines run, and what an upgrade brings all others to. */
import path from 'node:path';
import type { BundleFile, Program } from '../../core/contract/release.ts';
import { digestFile } from '../../core/files/index.ts';
import { ownRelease } from '../../core/release/index.ts';

export type MemberRole = 'manager' | 'agent';

export interface OwnPrograms {
  of(role: MemberRole): Promise<Program>;
}

/**
 * @param bundles directory that this director runs from
 * @returns undefined where that is no release of a store: what lies there may be of another build by now
 */
export function ownPrograms(bundles: string): OwnPrograms | undefined {
  if (path.basename(bundles) !== ownRelease) return undefined;
  const known = new Map<MemberRole, Promise<Program>>();
  const find = async (role: MemberRole): Promise<Program> => {
    const name: BundleFile = `${role}.mjs`;
    const { sha256 } = await digestFile(path.join(bundles, name), undefined);
    return { release: ownRelease, files: { [name]: sha256 }, attempt: 1 };
  };
  return {
    of(role) {
      const present = known.get(role) ?? find(role);
      known.set(role, present);
      return present;
    },
  };
}
