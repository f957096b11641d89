/** A failure in two sentences: what happened, and what to do. Pure. */
import type { Failure } from '../../remote/core/contract/errors.ts';
import { componentTexts } from './texts/common.ts';

export interface FailureWords {
  readonly happened: string;
  readonly todo: string;
}

/** The first sentence of its message, and the rest; advice for its kind where there is no rest. */
export function failureWords({ message, code, cause, log, places }: Failure): FailureWords {
  const { advice, adviceOnDetails, otherwise, withoutDetails } = componentTexts().failure;
  // A sentence ends with a sign and a blank before a capital: addresses and numbers hold dots too.
  const end = /[.!?](?=\s+\p{Lu})/u.exec(message);
  if (!end) {
    const hasDetails = cause || log?.length || places?.length;
    return {
      happened: message,
      todo: (hasDetails && adviceOnDetails[code]) || (advice[code] ?? (hasDetails ? otherwise : withoutDetails)),
    };
  }
  return { happened: message.slice(0, end.index + 1), todo: message.slice(end.index + 1).trim() };
}
