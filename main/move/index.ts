/** Moving applications to another director or cloud, for window and command alike. */
export { type MoveOptions, type MoveRequest, type Moves, openMoves } from './moves.ts';
export { durationText, type MovePlan, type Place } from './plan.ts';
export type { MoveRecord } from './record.ts';
