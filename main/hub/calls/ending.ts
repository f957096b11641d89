/** The end of a director: what goes with it, and ending it. */
import { z } from 'zod';

export interface EndingFacts {
  /** Id of the deployment. */
  readonly deployment: string;
  /** What the user calls the deployment. */
  readonly name: string;
  /** Kind of its cloud. */
  readonly cloud: string;
  /** Whether this desktop is a guest there: then only its access ends. */
  readonly guest: boolean;
  /** As they were last told, by name. */
  readonly applications: readonly { readonly name: string; readonly nodes: number }[];
  /** Whether the director answers now, so that the list is of now. */
  readonly current: boolean;
  /** On this computer; they go too. */
  readonly backups: number;
  /** Whether there is a volume with others, which goes too. */
  readonly backupVolume: boolean;
  /** Names of its clouds away from this computer: what is on one that is gone for good can be given up. */
  readonly leavable: readonly string[];
}

export const endingCalls = {
  what_ends: z.strictObject({}),
  /** The session shows the steps. Again: what is left of one whose end was cut short. */
  destroy_director: z.strictObject({
    /** Clouds whose machines are given up; absent: as when it was last tried. */
    leave: z.array(z.string()).max(64).optional(),
  }),
} as const;

export interface EndingResults {
  what_ends: EndingFacts;
  destroy_director: null;
}
