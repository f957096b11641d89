/**
 * Where a manager or agent finds its director: as its bootstrap says, until a director of a higher epoch has said
 * otherwise. Kept in `director-place.json` of its home.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { DirectorAddress } from '../contract/moved-director.ts';
import { writeFileAtomic } from '../files/index.ts';
import { directorEpoch } from '../identity/index.ts';

export const placeFile = 'director-place.json';

export const KnownPlace = z.object({ ...DirectorAddress.shape, epoch: z.number().int() });
export type KnownPlace = z.infer<typeof KnownPlace>;

export interface DirectorPlace {
  /** Where it serves. */
  address(): DirectorAddress;
  /** The highest that was seen. */
  epoch(): number;
  /** Its present place, where that is another than the bootstrap says. */
  moved(): KnownPlace | undefined;
  /** Whether the director that presents this chain is not one that was replaced. */
  admits(chain: readonly string[]): boolean;
  /** It serves there from now on; durable. One of a lower epoch is not heard. @returns whether it was */
  move(to: KnownPlace): Promise<boolean>;
}

/** @param given by the bootstrap */
export function openDirectorPlace(home: string, given: DirectorAddress): DirectorPlace {
  const file = path.join(home, placeFile);
  let known = readPlace(file);
  return {
    address: () => ({ host: known?.host ?? given.host, port: known?.port ?? given.port }),
    epoch: () => known?.epoch ?? 1,
    moved: () => known,
    admits: (chain) => directorEpoch(chain) >= (known?.epoch ?? 1),
    async move(to) {
      if (to.epoch < (known?.epoch ?? 1)) return false;
      const isKnown = known?.host === to.host && known.port === to.port && known.epoch === to.epoch;
      if (isKnown) return true;
      await writeFileAtomic(file, JSON.stringify(to));
      known = to;
      return true;
    },
  };
}

/** undefined: there is none. @throws where it is damaged: an old director must not come back by that */
export function readPlace(file: string): KnownPlace | undefined {
  try {
    return KnownPlace.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
