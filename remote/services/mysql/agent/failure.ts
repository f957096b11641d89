/** What MariaDB's last lines mean, for a person. */
import { ConpaasError } from '../../../core/contract/errors.ts';

/** Words of the C library, of InnoDB, of Aria (which loses the number on the way) and of the server. */
const noSpace =
  /No space left on device|Errcode: 28|error:? (number )?28\b|Can't change size of file|The table '.*' is full|ERROR (1021|1026|1114)\b/i;

/** True where the lines say that the disk is full. */
export function saysDiskFull(lines: readonly string[]): boolean {
  return lines.some((line) => noSpace.test(line));
}

/**
 * An error with the engine's last lines.
 * @param what happened, for a person, without full stop
 */
export function engineFailure(what: string, lines: readonly string[]): ConpaasError {
  if (saysDiskFull(lines)) {
    return new ConpaasError(
      'disk_full',
      `${what}: the disk of the machine is full. Free some space and try again; the data that was stored is safe.`,
      { retry: true, log: lines },
    );
  }
  return new ConpaasError('engine_failed', `${what}.`, { retry: true, log: lines });
}
