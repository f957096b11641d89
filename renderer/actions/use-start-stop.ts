/** Starting what is stopped and stopping what runs, each with an Undo. */
import { type Action, useAction } from '../components/use-action.ts';
import { actionTexts } from './texts.ts';
import { withUndo } from './with-undo.ts';

export interface StartStop {
  readonly name: string;
  /** Whether it is to run now: then it is stopped. */
  readonly running: boolean;
  readonly start: () => Promise<unknown>;
  readonly stop: () => Promise<unknown>;
}

export function useStartStop({ name, running, start, stop }: StartStop): Action<[]> {
  return useAction(() =>
    running
      ? withUndo({ act: stop, undo: start, said: actionTexts().stops(name) })
      : withUndo({ act: start, undo: stop, said: actionTexts().starts(name) }),
  );
}
