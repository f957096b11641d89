/** From a manifest and a folder of code to the first page, on a director that runs. */
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { startStack } from './by-hand.ts';
import { isOk, untilPage } from './http.ts';
import { median, timed } from './statistics.ts';
import type { Bench } from './types.ts';

const rounds = 5;
const manifests = path.resolve(import.meta.dirname, '../../manifests');

export const apply: Bench = {
  name: 'apply',
  about: 'apply sudoku, from code to HTTP 200',
  async run({ deployment, directory, log, signal }) {
    const { apply: applyManifest, remove } = await deployment();
    const code = path.join(directory, 'sudoku');
    await cp(path.join(manifests, 'sudoku'), code, { recursive: true });
    const [ours, byHand]: [number[], number[]] = [[], []];
    for (let round = 1; round <= rounds; round += 1) {
      const name = `Sudoku ${round}`;
      const took = await timed(async () => {
        const address = await applyManifest(path.join(manifests, 'sudoku.json'), name);
        await untilPage(`${address}/`, isOk, signal);
      });
      ours.push(took);
      await remove(name);
      const from = performance.now();
      await using _stack = await startStack({
        directory: path.join(directory, `stack-${round}`),
        code,
        children: 8,
        signal,
      });
      byHand.push(performance.now() - from);
      log(`round ${round}: ${Math.round(took)} ms, by hand ${Math.round(byHand.at(-1) ?? 0)} ms`);
    }
    return [
      {
        what: `apply sudoku, code to HTTP 200 (p50 of ${rounds})`,
        unit: 'ms',
        measured: median(ours),
        beside: { what: 'the same engines started by hand', value: median(byHand) },
        aims: [{ of: 'measured', atMost: 3000 }],
      },
    ];
  },
};
