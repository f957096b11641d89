/** Returning to a version of an application of three running nodes, beside making its code live by hand-made switch. */
import { cp, mkdtemp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { median, timed } from './statistics.ts';
import type { Bench, Row } from './types.ts';

const rounds = 5;
const name = 'Bench history';
const pages = path.resolve(import.meta.dirname, 'pages');

export const history: Bench = {
  name: 'history',
  about: 'an application of three nodes returns to a version, code and configuration together',
  async run({ deployment, directory, signal, log }) {
    const { apply, remove, director, manager, follow } = await deployment();
    const folder = await mkdtemp(path.join(directory, 'history-'));
    const manifest = async (greeting: string): Promise<string> => {
      const code = path.join(folder, `code-${greeting}`);
      await cp(pages, code, { recursive: true });
      await writeFile(path.join(code, 'greeting.txt'), greeting);
      const file = path.join(folder, `${greeting}.json`);
      const service = {
        Type: 'php',
        ServiceName: 'web',
        Archive: path.basename(code),
        StartupInstances: { proxy: 1, web: 1, backend: 1 },
        Environment: { GREETING: greeting },
      };
      await writeFile(file, JSON.stringify({ Version: 1, Application: name, Services: [service] }));
      return file;
    };
    await apply(await manifest('one'), name);
    await apply(await manifest('two'), name);
    const entries = await director.call('list_history', { application: name }, { signal });
    const [newest, oldest] = [entries[0]?.version ?? 0, entries.at(-1)?.version ?? 0];
    const client = await manager(name);
    const returned: number[] = [];
    const switched: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const version = round % 2 === 0 ? oldest : newest;
      returned.push(
        await timed(async () => {
          const { operation } = await director.call('return_to_version', { application: name, version }, { signal });
          await follow(operation);
        }),
      );
      switched.push(
        await timed(async () => {
          const { operation } = await client.call('rollback_code_version', { service: 'web' }, { signal });
          await follow(operation);
        }),
      );
      log(`returned ${Math.round(returned.at(-1) ?? 0)} ms, code alone ${Math.round(switched.at(-1) ?? 0)} ms`);
    }
    await remove(name);
    const row: Row = {
      what: `return to a version, three running nodes (p50 of ${rounds})`,
      unit: 'ms',
      measured: median(returned),
      beside: { what: 'code alone rolled back', value: median(switched) },
      aims: [{ of: 'measured', atMost: 5000 }],
    };
    return [row];
  },
};
