/** Failures on their way to a window. */
import { type Failure, toFailure, traceOf } from '../../remote/core/contract/errors.ts';

/** What was thrown, for a person; its real text goes to our log where the failure does not tell it. */
export function loggedFailure(log: (line: string) => void, what: string, thrown: unknown): Failure {
  const failure = toFailure(thrown);
  if (failure.code === 'internal') log(`${what}: ${traceOf(thrown)}`);
  return failure;
}
