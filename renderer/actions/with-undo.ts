/** For what can be restored whole: it is done at once, and Undo is offered, which is a new operation. */
import { say } from '../stores/notices.ts';

export interface Undoable {
  readonly act: () => Promise<unknown>;
  /** Brings back what was before; absent where that cannot be told any more. */
  readonly undo?: (() => Promise<unknown>) | undefined;
  /** What was done, as one sentence. */
  readonly said: string;
}

/** @throws what `act` throws; then nothing is said */
export async function withUndo({ act, undo, said }: Undoable): Promise<void> {
  await act();
  say(said, undo ? { undo } : {});
}
