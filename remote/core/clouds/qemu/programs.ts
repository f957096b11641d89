/** QEMU's programs, run to their end. */
import { spawn } from 'node:child_process';
import { ConpaasError } from '../../contract/errors.ts';
import { boards, ownArchitecture } from './boards.ts';

export const diskTool = 'qemu-img';

export interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/**
 * @param directory where it runs
 * @throws ConpaasError `missing_package` where there is no such program; what `signal` was aborted with
 */
export function runTool(
  program: string,
  words: readonly string[],
  directory: string,
  signal: AbortSignal,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'], signal });
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(signal.aborted ? signal.reason : explained(error, program)),
    );
    child.once('close', (code) => resolve({ code, output, errors }));
  });
}

/** Why a program could not be started, and what to do. */
export function explained(error: NodeJS.ErrnoException, program: string): Error {
  if (error.code !== 'ENOENT') return error;
  const { package: emulator } =
    Object.values(boards).find((board) => board.emulator === program) ?? boards[ownArchitecture];
  return new ConpaasError(
    'missing_package',
    `${program} is not installed. Install QEMU with: sudo apt-get install ${emulator} qemu-utils`,
  );
}
