/** A new code version, from the folder on this computer to the page that shows it, on three backends. */
import path from 'node:path';
import { localArchive } from '../../main/manifests/index.ts';
import { startWebServer } from './by-hand.ts';
import { untilPage } from './http.ts';
import { pagesCode, pagesManifest } from './pages.ts';
import { median, timed } from './statistics.ts';
import type { Bench } from './types.ts';

const rounds = 5;
const backends = 3;
const name = 'Version';

export const version: Bench = {
  name: 'version',
  about: 'a new version live on 3 backends',
  async run({ deployment, directory, log, signal }) {
    const { apply, manager, follow, remove } = await deployment();
    const address = await apply(await pagesManifest(directory, backends), name);
    const client = await manager(name);
    const [ours, byHand]: [number[], number[]] = [[], []];
    for (let round = 1; round <= rounds; round += 1) {
      const code = await pagesCode(directory, `round-${round}`);
      const took = await timed(async () => {
        await using archive = await localArchive(code, signal);
        const { operation } = await client.upload('upload_code_version', { service: 'web' }, archive, { signal });
        if (operation !== undefined) await follow(operation);
        await untilPage(`${address}/version.php`, ({ body }) => body === `round-${round}`, signal);
      });
      ours.push(took);
      const from = performance.now();
      const servers = await Promise.all(
        Array.from({ length: backends }, (_, index) =>
          startWebServer({ directory: path.join(directory, `version-${round}-${index}`), code, children: 8, signal }),
        ),
      );
      byHand.push(performance.now() - from);
      await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
      log(`round ${round}: ${Math.round(took)} ms, by hand ${Math.round(byHand.at(-1) ?? 0)} ms`);
    }
    await remove(name);
    return [
      {
        what: `a new version live on ${backends} backends (p50 of ${rounds})`,
        unit: 'ms',
        measured: median(ours),
        beside: { what: `${backends} × nginx + PHP-FPM started with it by hand`, value: median(byHand) },
        aims: [{ of: 'measured', atMost: 3000 }],
      },
    ];
  },
};
