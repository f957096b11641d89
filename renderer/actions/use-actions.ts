import { useEffect, useRef } from 'react';
import { type Action, putActions } from './action.ts';

/**
 * Puts actions into the table while the component is mounted. They may be made anew at each render: what they are called
 * and whether they can be chosen is compared, what they do is always the newest.
 */
export function useActions(actions: readonly Action[]): void {
  const newest = useRef(actions);
  newest.current = actions;
  const shape = JSON.stringify(actions.map(({ run: _run, ...said }) => said));
  const owner = useRef(Symbol('actions'));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the shape stands for the actions
  useEffect(() => {
    const { current } = owner;
    putActions(
      current,
      newest.current.map((action) => ({
        ...action,
        run: () => newest.current.find(({ id }) => id === action.id)?.run(),
      })),
    );
    return () => putActions(current, undefined);
  }, [shape]);
}
