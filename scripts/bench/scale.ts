/** More backends, until the proxies give them work. */
import path from 'node:path';
import { startWebServer } from './by-hand.ts';
import { pagesCode, pagesManifest } from './pages.ts';
import { median, timed } from './statistics.ts';
import type { Bench, BenchContext, Row } from './types.ts';

const name = 'Scale';

export const scale: Bench = {
  name: 'scale',
  about: '+1 and +10 backends',
  async run(context) {
    const { apply, manager, follow, remove } = await context.deployment();
    await apply(await pagesManifest(context.directory, 1), name);
    const client = await manager(name);
    const { signal } = context;
    const change = async (method: 'add_nodes' | 'remove_nodes', backend: number): Promise<number> =>
      timed(async () => {
        const { operation } = await client.call(method, { service: 'web', nodes: { backend } }, { signal });
        await follow(operation);
      });

    const measure = async (count: number, rounds: number, aim: number): Promise<Row> => {
      const [ours, byHand]: [number[], number[]] = [[], []];
      for (let round = 1; round <= rounds; round += 1) {
        ours.push(await change('add_nodes', count));
        await change('remove_nodes', count);
        byHand.push(await startByHand(context, count, round));
        context.log(
          `+${count}, round ${round}: ${Math.round(ours.at(-1) ?? 0)} ms, by hand ${Math.round(byHand.at(-1) ?? 0)} ms`,
        );
      }
      return {
        what: `+${count} backend${count === 1 ? '' : 's'}, in service (p50 of ${rounds})`,
        unit: 'ms',
        measured: median(ours),
        beside: { what: `${count} × nginx + PHP-FPM started by hand`, value: median(byHand) },
        aims: [{ of: 'measured', atMost: aim }],
      };
    };
    const rows = [await measure(1, 5, 1000), await measure(10, 3, 4000)];
    await remove(name);
    return rows;
  },
};

/** Milliseconds until all of them, started at once, answer. */
async function startByHand({ directory, signal }: BenchContext, count: number, round: number): Promise<number> {
  const code = await pagesCode(directory, 'by-hand');
  const from = performance.now();
  const servers = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      startWebServer({
        directory: path.join(directory, `scale-${count}-${round}-${index}`),
        code,
        children: 8,
        signal,
      }),
    ),
  );
  const took = performance.now() - from;
  await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
  return took;
}
