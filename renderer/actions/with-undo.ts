/** For what can be restored whole: it is done at once, and Undo is offered, which is a new operation. */
import { say } from '../stores/notices.ts';

export interface Undoable {
  readonly act: () => Promise<unknown>;
  /** Brings back what was before. */
  readonly undo: () => Promise<unknown>;
  /** What was done, as one sentence. */
  readonly said: string;
}

/** @throws what `act` throws; then nothing is said */
export async function withUndo({ act, undo, said }: Undoable): Promise<void> {
  await act();
  say(said, { undo });
}
