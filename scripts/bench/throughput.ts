/** Requests a second through our proxy, beside nginx and PHP-FPM alone: same code, connections and number of processes. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { startWebServer } from './by-hand.ts';
import { pagesCode, pagesManifest } from './pages.ts';
import { median } from './statistics.ts';
import type { Aim, Bench, Row } from './types.ts';

const run = promisify(execFile);
const rounds = 5;
const seconds = 3;
const connections = 16;
const name = 'Throughput';
const pageMs = 5;

export const throughput: Bench = {
  name: 'throughput',
  about: 'requests/s through the proxy',
  async run({ deployment, directory, log, signal }) {
    const { apply, remove } = await deployment();
    const ours = await apply(await pagesManifest(directory, 1), name);
    const code = await pagesCode(directory, 'one');
    await using byHand = await startWebServer({ directory: path.join(directory, 'web'), code, children: 8, signal });
    const pages: readonly { what: string; path: string; aims: readonly Aim[] }[] = [
      {
        what: `a page of ~${pageMs} ms`,
        path: `/work.php?rounds=${await roundsFor(pageMs, signal)}`,
        aims: [{ of: 'ratio', atLeast: 0.85 }],
      },
      { what: 'a trivial page', path: '/hello.php', aims: [] },
      { what: 'a static file of 4 KB', path: '/static.txt', aims: [] },
    ];
    const rows: Row[] = [];
    for (const page of pages) {
      const [proxied, direct]: [number[], number[]] = [[], []];
      const load = async (address: string): Promise<number> => requestsPerSecond(`${address}${page.path}`, signal);
      for (let round = 1; round <= rounds; round += 1) {
        // The order alternates: a machine that slows down must not count against one of the two.
        if (round % 2 === 0) direct.push(await load(byHand.address));
        proxied.push(await load(ours));
        if (round % 2 === 1) direct.push(await load(byHand.address));
        log(`${page.what}, round ${round}: ${proxied.at(-1)}/s, without proxy ${direct.at(-1)}/s`);
      }
      rows.push({
        what: `${page.what}, through the proxy`,
        unit: 'requests/s',
        measured: median(proxied),
        beside: { what: 'nginx + PHP-FPM without it', value: median(direct) },
        ratio: median(proxied.map((value, index) => value / (direct[index] ?? Number.NaN))),
        aims: page.aims,
      });
    }
    await remove(name);
    return rows;
  },
};

/** One run of wrk. @throws when any answer was not a 2xx or 3xx */
async function requestsPerSecond(url: string, signal: AbortSignal): Promise<number> {
  const { stdout: output } = await run('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, url], { signal });
  if (/Non-2xx|Socket errors/.test(output)) throw new Error(`Not all requests to ${url} were answered:\n${output}`);
  return Number(/Requests\/sec:\s*([\d.]+)/.exec(output)?.[1]);
}

/** How many rounds of `work.php` take PHP this long, in CPU time. */
async function roundsFor(milliseconds: number, signal: AbortSignal): Promise<number> {
  const sample = 200_000;
  const script =
    '$usage = fn() => getrusage()["ru_utime.tv_sec"] * 1000 + getrusage()["ru_utime.tv_usec"] / 1000;' +
    `$from = $usage(); hash_pbkdf2("sha256", "page", "bench", ${sample}); echo $usage() - $from;`;
  const { stdout } = await run('/usr/bin/php8.2', ['-n', '-r', script], { signal });
  return Math.max(1, Math.round((sample * milliseconds) / Number(stdout)));
}
