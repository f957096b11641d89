/** A process for tests. `count FILE TIMES`: adds one TIMES times. `hold FILE`: takes the lock, says so, keeps it. */
import { z } from 'zod';
import { updateJson, withLock } from './index.ts';

const [mode, file = '', times = '0'] = process.argv.slice(2);
const Counter = z.object({ value: z.number() });

if (mode === 'count') {
  for (let i = 0; i < Number(times); i++) {
    await updateJson(file, Counter, (present) => ({ value: (present?.value ?? 0) + 1 }));
  }
} else {
  await withLock(`${file}.lock`, async () => {
    process.stdout.write('held\n');
    await new Promise((resolve) => setTimeout(resolve, 3_600_000));
  });
}
