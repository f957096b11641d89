/** Gives runtime and bundles to new machines: those files alone, to anybody, and not to everybody at once. */
import { createReadStream } from 'node:fs';
import path from 'node:path';
import type { Program } from '../core/clouds/machines/programs.ts';
import { ConpaasError } from '../core/contract/errors.ts';
import type { Handlers } from '../core/contract/method.ts';
import type { programMethods } from '../core/contract/programs.ts';
import { CompressedPrograms } from './compressed-programs.ts';

/** Anybody may ask, so so many are served at once; a machine that is refused tries again by itself. */
const atOnce = 32;

/** @param home directory of the director, which keeps them compressed there */
export function programHandlers(
  home: string,
  programs: () => Promise<readonly Program[]>,
): Handlers<typeof programMethods> {
  const compressed = new CompressedPrograms(path.join(home, 'compressed-programs'), programs);
  let serving = 0;
  return {
    async get_program({ sha256, encoding }) {
      const program = (await programs()).find((one) => one.sha256 === sha256);
      if (!program) throw new ConpaasError('not_found', 'This director has no program of that digest.');
      if (serving >= atOnce) {
        throw new ConpaasError('conflict', 'Too many machines fetch programs now. Try again.', { retry: true });
      }
      serving += 1;
      const served = (): void => {
        serving -= 1;
      };
      try {
        const file = encoding === 'gzip' ? await compressed.of(program) : program;
        const stream = createReadStream(file.path);
        stream.once('close', served);
        const name = encoding === 'gzip' ? `${program.name}.gz` : program.name;
        return { stream, size: file.size, sha256: file.sha256, name };
      } catch (error) {
        served();
        throw error;
      }
    },
  };
}
