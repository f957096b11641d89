/** Moving applications to another director or cloud. */
import { z } from 'zod';
import type { OperationId } from '../../../remote/core/contract/ids.ts';
import type { MovePlan, Place } from '../../move/index.ts';

export type { MovePlan, Place } from '../../move/index.ts';

/** A move that has begun and not ended, as a page shows it. */
export interface MoveFacts {
  readonly id: string;
  readonly name: string;
  readonly state: 'moving' | 'switched' | 'removing' | 'undoing';
  /** Whether something is being done about it by this window; else it waits for somebody to go on with it. */
  readonly underWay: boolean;
  readonly from: { readonly deployment: string; readonly place: string; readonly application: string };
  readonly to: { readonly deployment: string; readonly place: string; readonly application?: string | undefined };
  /** Of the new application. */
  readonly address?: string | undefined;
  /** How long databases took no changes until the new application counted. */
  readonly readOnlyMs?: number | undefined;
}

const id = z.string().max(100);
const request = { application: id, to: z.strictObject({ deployment: id, cloud: z.string().max(100) }) };

export const moveCalls = {
  /** Of applications of this director, at either side. */
  list_moves: z.strictObject({}),
  /** Where an application of this director could go. */
  move_places: z.strictObject({ application: id }),
  plan_move: z.strictObject(request),
  /** Each goes on when the window that asked for it is closed, as long as the program runs. Its operation shows the steps. */
  begin_move: z.strictObject(request),
  resume_move: z.strictObject({ move: id }),
  /** The old application is removed. `confirm` is its name. */
  finish_move: z.strictObject({ move: id, confirm: z.string().max(100) }),
  undo_move: z.strictObject({ move: id }),
  /** Ends what is being done about it; the old application takes changes again where it counts. */
  cancel_move: z.strictObject({ move: id }),
} as const;

interface Begun {
  readonly operation: OperationId;
}

export interface MoveResults {
  list_moves: readonly MoveFacts[];
  move_places: readonly Place[];
  plan_move: MovePlan;
  begin_move: Begun;
  resume_move: Begun;
  finish_move: Begun;
  undo_move: Begun;
  cancel_move: null;
}
