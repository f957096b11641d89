/**
 * Errors are values. What travels is `Failure`; inside a process it is thrown as `ConpaasError`, which carries one.
 * `message` is for a person (one sentence what happened; one what to do); `log` holds the last lines of the thing that
 * failed (an engine, a script), never of our own tools.
 */
import { z } from 'zod';

export const failureCodes = [
  'invalid_request', // wrong type, unknown field, bad manifest
  'unknown_method',
  'too_large',
  'unauthenticated', // no or no valid certificate
  'forbidden', // authenticated, not allowed
  'not_found',
  'conflict', // already exists, state does not allow it, compare-and-set lost
  'superseded', // a newer manager (higher epoch) has taken over
  'cancelled',
  'deadline_exceeded',
  'incompatible', // versions of the two sides differ by more than one
  'unreachable', // peer cannot be reached
  'director_unreachable', // a manager cannot store a change now
  'checksum_mismatch',
  'lagged', // an event reader was too slow
  'missing_package',
  'port_in_use',
  'disk_full',
  'engine_failed', // an engine did not start, or died
  'script_failed', // a script that the user handed in failed
  'health_check_failed',
  'bad_archive',
  'source_unreachable', // URL or git source could not be fetched
  'cloud_failed', // the cloud's API said no
  'sandbox_unavailable',
  'interrupted', // a process died meanwhile and the work cannot go on
  'internal',
] as const;

export const FailureCode = z.enum(failureCodes);
export type FailureCode = z.infer<typeof FailureCode>;

export interface Failure {
  readonly code: FailureCode;
  /** For a person. */
  readonly message: string;
  readonly cause?: Failure | undefined;
  /** Whether doing the same again may help; the window shows a Retry for it. */
  readonly retry?: boolean | undefined;
  /** The last lines of what failed. */
  readonly log?: readonly string[] | undefined;
  /** Where in the request: JSON path, and line and column (from 1) where the request was a text. */
  readonly places?:
    | readonly { path: string; message: string; line?: number | undefined; column?: number | undefined }[]
    | undefined;
}

export const Failure: z.ZodType<Failure> = z.lazy(() =>
  z.object({
    code: FailureCode,
    message: z.string(),
    cause: Failure.optional(),
    retry: z.boolean().optional(),
    log: z.array(z.string()).optional(),
    places: z
      .array(
        z.object({
          path: z.string(),
          message: z.string(),
          line: z.number().int().optional(),
          column: z.number().int().optional(),
        }),
      )
      .optional(),
  }),
);

/** A `Failure` on its way through code. */
export class ConpaasError extends Error {
  readonly failure: Failure;

  constructor(code: FailureCode, message: string, more: Omit<Failure, 'code' | 'message'> = {}) {
    super(message);
    this.name = 'ConpaasError';
    this.failure = { code, message, ...more };
  }

  get code(): FailureCode {
    return this.failure.code;
  }

  static of(failure: Failure): ConpaasError {
    const { code, message, ...more } = failure;
    return new ConpaasError(code, message, more);
  }
}

/**
 * Any thrown value as a Failure. What is not a ConpaasError becomes `internal` with a neutral text: the real text goes
 * to our own log (internal and public text never mix), abort errors become `cancelled` or `deadline_exceeded`.
 */
export function toFailure(thrown: unknown): Failure {
  if (thrown instanceof ConpaasError) return thrown.failure;
  if (thrown instanceof Error) {
    if (thrown.name === 'TimeoutError')
      return { code: 'deadline_exceeded', message: 'The deadline passed.', retry: true };
    if (thrown.name === 'AbortError') return { code: 'cancelled', message: 'The call was cancelled.' };
    const code = (thrown as NodeJS.ErrnoException).code;
    if (code === 'ENOSPC')
      return { code: 'disk_full', message: 'The disk is full. Free some space and try again.', retry: true };
  }
  return { code: 'internal', message: 'Something unexpected went wrong. The log of this process has the details.' };
}

/** The real text of any thrown value, for our own log only. */
export function traceOf(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
}
