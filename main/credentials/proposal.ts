/** What was found in the configuration files of other tools: proposals that the user confirms, or why not. */
import type { Fields } from './store.ts';

export type Proposal =
  | {
      readonly name: string;
      readonly kind: string;
      /** The file it was read from. */
      readonly from: string;
      readonly fields: Fields;
      /** What was left out of it, for a person. */
      readonly notes: readonly string[];
    }
  | {
      readonly name: string;
      readonly kind: string;
      readonly from: string;
      /** Why it cannot be taken over, for a person. */
      readonly unsupported: string;
    };
