/**
 * A node that writes 50,000 lines a second, followed in the real window: agent, manager, director, hub and page.
 * `CONPAAS_BENCH_LOG_SECONDS` says for how long (60 where it is not set; the aim of the issue is 600).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { _electron, type Page } from '@playwright/test';
import { openDisplay } from '../../test/window/display.ts';
import type { Bench, Row } from './types.ts';

const checkout = path.resolve(import.meta.dirname, '../..');
const name = 'Sudoku with much to say';
const perSecond = 50_000;

/** Writes numbered lines at a rate, and says how many it was in the end; it catches up when it was held up. */
const writer = `
const { openSync, writeSync } = require('node:fs');
const [file, rate, seconds] = process.argv.slice(1);
const log = openSync(file, 'a');
const start = performance.now();
let written = 0;
const write = () => {
  const elapsed = Math.min(Number(seconds), (performance.now() - start) / 1000);
  const due = Math.floor(elapsed * Number(rate));
  while (written < due) {
    let text = '';
    for (const end = Math.min(due, written + 1000); written < end; written += 1)
      text += 'bench line ' + String(written).padStart(10, '0') + ' [notice] what a busy server says of one request\\n';
    writeSync(log, text);
  }
  if (elapsed < Number(seconds)) setTimeout(write, 10);
  else console.log(written);
};
write();
`;

export const logs: Bench = {
  name: 'logs',
  about: `a log of ${perSecond.toLocaleString('en-GB')} lines a second in the window`,
  async run(context) {
    const { deployment, log, signal } = context;
    const seconds = Number(process.env['CONPAAS_BENCH_LOG_SECONDS'] ?? '60');
    const { apply, remove, home, director } = await deployment();
    await apply(path.join(checkout, 'manifests/sudoku.json'), name);
    const application = (await director.call('list_applications', {})).find((one) => one.name === name);
    const file = await logFile(home);
    if (!application || !file) throw new Error('The application has no log to write to.');
    await writeFile(path.join(home, 'window.json'), JSON.stringify({ toldThatApplicationsGoOn: true }));
    await using display = await openDisplay();
    const desktop = await _electron.launch({
      args: [checkout, '--disable-gpu'],
      env: { ...(process.env as Record<string, string>), DISPLAY: display.name, CONPAAS_HOME: home },
    });
    try {
      const page = await desktop.firstWindow();
      await page.getByRole('link', { name }).waitFor({ timeout: 60_000 });
      await page.evaluate((hash) => {
        location.hash = hash;
      }, `#/applications/${application.id}/logs`);
      await page.getByRole('log').waitFor();
      await page.getByText(/^[0-9,]+ lines ·/).waitFor();
      await observeTasks(page);
      const before = await linesShown(page);
      const memory: number[] = [];
      const child = spawn(process.execPath, ['-e', writer, file, String(perSecond), String(seconds)], {
        stdio: ['ignore', 'pipe', 'inherit'],
        signal,
      });
      const output = once(createInterface(child.stdout), 'line') as Promise<[string]>;
      let written: number | undefined;
      void output.then(([line]) => {
        written = Number(line);
      });
      const sample = async (): Promise<void> => {
        const used = await desktop.evaluate(({ app }) =>
          app
            .getAppMetrics()
            .filter(({ type }) => type === 'Tab')
            .reduce((sum, metric) => sum + metric.memory.workingSetSize, 0),
        );
        memory.push(used / 1000);
        log(`${(await linesShown(page)).toLocaleString('en-GB')} lines, page ${Math.round(used / 1000)} MB`);
      };
      while (written === undefined) {
        signal.throwIfAborted();
        await sample();
        await Promise.race([delay(5_000), output]);
      }
      const ended = performance.now();
      const arrived = await untilQuiet(page, before + written, signal);
      const behind = performance.now() - ended;
      const tasks = await page.evaluate(() => (window as unknown as { benchTasks: number[] }).benchTasks);
      const longest = Math.max(0, ...tasks);
      log(
        `${tasks.length} tasks over 50 ms, the longest ${Math.round(longest)} ms; ${written} written, ${arrived - before} shown`,
      );
      await remove(name);
      const aim = [{ of: 'measured', atMost: 0 }] as const;
      return rowsOf({ seconds, written, arrived: arrived - before, longest, behind, memory }, aim);
    } finally {
      await desktop.close();
    }
  },
};

function rowsOf(
  found: { seconds: number; written: number; arrived: number; longest: number; behind: number; memory: number[] },
  none: Row['aims'],
): Row[] {
  const { seconds, written, arrived, longest, behind, memory } = found;
  return [
    {
      what: `lines not shown, of a log of ${seconds} s`,
      unit: 'lines',
      measured: Math.max(0, written - arrived),
      beside: { what: 'written', value: written },
      aims: none,
    },
    {
      what: 'page: memory at most',
      unit: 'MB',
      measured: Math.max(...memory),
      beside: { what: 'before the first line', value: memory[0] ?? 0 },
      aims: [{ of: 'measured', atMost: 300 }],
    },
    {
      what: 'page: longest task',
      unit: 'ms',
      measured: longest,
      beside: { what: 'the bound', value: 50 },
      aims: [{ of: 'measured', atMost: 50 }],
    },
    {
      what: 'all lines there after the last was written',
      unit: 'ms',
      measured: behind,
      beside: { what: 'the log', value: seconds * 1000 },
      aims: [],
    },
  ];
}

/** Tasks of the page over 50 ms from now on, in `benchTasks`. */
async function observeTasks(page: Page): Promise<void> {
  await page.evaluate(() => {
    const tasks: number[] = [];
    (window as unknown as { benchTasks: number[] }).benchTasks = tasks;
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
      type: 'longtask',
    });
  });
}

async function linesShown(page: Page): Promise<number> {
  const text = await page.getByText(/^[0-9,]+ lines ·/).textContent();
  return Number(/^[0-9,]+/.exec(text ?? '')?.[0].replaceAll(',', '') ?? 0);
}

/** Until as many lines are shown, or no more come for ten seconds. */
async function untilQuiet(page: Page, wanted: number, signal: AbortSignal): Promise<number> {
  let last = -1;
  let since = performance.now();
  for (;;) {
    signal.throwIfAborted();
    const now = await linesShown(page);
    if (now >= wanted) return now;
    if (now !== last) since = performance.now();
    else if (performance.now() - since > 10_000) return now;
    last = now;
    await delay(100);
  }
}

/** The log of a proxy, which is rotated by copying: the harder case, as nothing may be lost between copy and cut. */
async function logFile(home: string): Promise<string | undefined> {
  const all = await readdir(home, { recursive: true, withFileTypes: true });
  const found = all.find((entry) => entry.isFile() && entry.name === 'haproxy.log');
  return found && path.join(found.parentPath, found.name);
}
