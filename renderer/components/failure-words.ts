/** A failure in two sentences: what happened, and what to do. Pure. */
import type { Failure } from '../../remote/core/contract/errors.ts';

export interface FailureWords {
  readonly happened: string;
  readonly todo: string;
}

/** Where a message says only what happened. */
const advice: Partial<Readonly<Record<Failure['code'], string>>> = {
  invalid_request: 'Change what you entered, then try again.',
  too_large: 'Make it smaller, then try again.',
  unauthenticated: 'Open the window anew; if that does not help, look under Security.',
  forbidden: 'Ask the owner of this director to allow it.',
  not_found: 'It may have been removed meanwhile. Go back and look again.',
  conflict: 'Look at how it is now, then try again.',
  superseded: 'Wait a moment, then try again.',
  cancelled: 'Start it again when you want it.',
  deadline_exceeded: 'Try again; if it takes too long again, the details say where it waited.',
  unreachable: 'Try again in a moment.',
  director_unreachable: 'Try again when the director answers.',
  disk_full: 'Free some space, then try again.',
  interrupted: 'Start it again.',
  cloud_failed: 'The details hold what the cloud answered.',
};
const otherwise = 'The details say more; try again when the cause is mended.';

/** The first sentence of its message, and the rest; advice for its kind where there is no rest. */
export function failureWords({ message, code }: Pick<Failure, 'message' | 'code'>): FailureWords {
  // A sentence ends with a sign and a blank before a capital: addresses and numbers hold dots too.
  const end = /[.!?](?=\s+\p{Lu})/u.exec(message);
  if (!end) return { happened: message, todo: advice[code] ?? otherwise };
  return { happened: message.slice(0, end.index + 1), todo: message.slice(end.index + 1).trim() };
}
