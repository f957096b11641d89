/** Gives runtime and bundles to new machines: those files alone, to anybody, and not to everybody at once. */
import { createReadStream } from 'node:fs';
import type { Program } from '../core/clouds/machines/programs.ts';
import { ConpaasError } from '../core/contract/errors.ts';
import type { Handlers } from '../core/contract/method.ts';
import type { programMethods } from '../core/contract/programs.ts';

/** Anybody may ask, so so many are served at once; a machine that is refused tries again by itself. */
const atOnce = 32;

export function programHandlers(programs: () => Promise<readonly Program[]>): Handlers<typeof programMethods> {
  let serving = 0;
  return {
    async get_program({ sha256 }) {
      const program = (await programs()).find((one) => one.sha256 === sha256);
      if (!program) throw new ConpaasError('not_found', 'This director has no program of that digest.');
      if (serving >= atOnce) {
        throw new ConpaasError('conflict', 'Too many machines fetch programs now. Try again.', { retry: true });
      }
      serving += 1;
      const stream = createReadStream(program.path);
      stream.once('close', () => {
        serving -= 1;
      });
      return { stream, size: program.size, sha256, name: program.name };
    },
  };
}
