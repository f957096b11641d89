/** Waiting for a director or an agent that is away for a moment, in operations whose steps may all be repeated. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Failure, toFailure } from '../core/contract/errors.ts';
import type { OperationKind, Step } from '../core/operations/index.ts';

const pauseMs = 300;

/** Whether somebody we need is only away: it is started again by its host, and nothing was refused. */
export function isPassing({ code }: Failure): boolean {
  return code === 'director_unreachable' || code === 'unreachable' || code === 'interrupted';
}

/** The kind with steps that are begun again while somebody is away, until the operation's deadline or a cancel. */
export function patient<Params>(kind: OperationKind<Params>): OperationKind<Params> {
  const wait = (step: Step<Params>): Step<Params> => ({
    ...step,
    async run(context) {
      for (;;) {
        try {
          return await step.run(context);
        } catch (error) {
          const failure = toFailure(error);
          if (context.signal.aborted || !isPassing(failure)) throw error;
          context.update(undefined, failure.message);
          await delay(pauseMs, undefined, { signal: context.signal });
        }
      }
    },
  });
  return { ...kind, steps: (params) => kind.steps(params).map(wait) };
}
