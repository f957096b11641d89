/** From starting the window's program to a page one can use, beside Electron with an empty page. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { openDisplay } from '../../test/window/display.ts';
import { median } from './statistics.ts';
import type { Bench, BenchContext, Row } from './types.ts';

const rounds = 5;
const checkout = path.resolve(import.meta.dirname, '../..');
const name = 'Sudoku in the window';

/** A window: what is started, and what its page shows when one can use it. */
interface Subject {
  readonly what: string;
  readonly application: string;
  readonly home: string;
  /** Text of the page. */
  readonly usable: string;
}

export const window: Bench = {
  name: 'window',
  about: 'the window usable, after its start',
  async run(context) {
    const { deployment, directory, log } = context;
    const { apply, remove, home } = await deployment();
    await apply(path.join(checkout, 'manifests/sudoku.json'), name);
    const firstHome = await mkdtemp(path.join(directory, 'first-'));
    // Closing the window says once that applications go on: here nobody would read it.
    await writeFile(path.join(home, 'window.json'), JSON.stringify({ toldThatApplicationsGoOn: true }));
    const empty: Subject = {
      what: 'an empty Electron window',
      application: await emptyApplication(directory),
      home: firstHome,
      usable: 'Empty',
    };
    const ours: readonly Subject[] = [
      { what: 'first run', application: checkout, home: firstHome, usable: 'Try it on this computer' },
      { what: 'list of applications', application: checkout, home, usable: name },
    ];
    const took = new Map([empty, ...ours].map((subject): [Subject, number[]] => [subject, []]));
    await using display = await openDisplay();
    // One round more than counts: the first one of each fills the caches of disk and code.
    for (let round = 0; round <= rounds; round += 1) {
      for (const [subject, times] of took) {
        const time = await untilUsable(subject, display.name, context);
        if (round > 0) times.push(time);
      }
      if (round > 0)
        log(Array.from(took, ([{ what }, times]) => `${what} ${Math.round(times.at(-1) ?? 0)} ms`).join(', '));
    }
    await remove(name);
    const middle = (subject: Subject): number => median(took.get(subject) ?? []);
    return ours.map(
      (subject): Row => ({
        what: `window usable, ${subject.what} (p50 of ${rounds})`,
        unit: 'ms',
        measured: middle(subject),
        beside: { what: empty.what, value: middle(empty) },
        aims: [
          { of: 'measured', atMost: 1500 },
          { of: 'ratio', atMost: 1.5 },
        ],
      }),
    );
  },
};

/** Milliseconds from the start of the program until its page has been painted and shows what it should. */
async function untilUsable(
  { application, home, usable }: Subject,
  display: string,
  { signal }: BenchContext,
): Promise<number> {
  const executable: unknown = createRequire(import.meta.url)('electron');
  const limited = AbortSignal.any([signal, AbortSignal.timeout(60_000)]);
  const started = performance.timeOrigin + performance.now();
  const child = spawn(
    String(executable),
    [
      application,
      '--disable-gpu',
      '--remote-debugging-port=0',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), // Chromium refuses it to root
    ],
    { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, DISPLAY: display, CONPAAS_HOME: home } },
  );
  const ended = once(child, 'exit');
  try {
    const port = await debuggingPort(child.stderr);
    const painted = await seen(await pageSocket(port, limited), usable, limited);
    return painted - started;
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

async function debuggingPort(output: Readable): Promise<number> {
  for await (const line of createInterface(output)) {
    const port = /^DevTools listening on ws:\/\/[^:]+:(\d+)\//.exec(line)?.[1];
    if (port === undefined) continue;
    output.resume(); // what comes after is nobody's
    return Number(port);
  }
  throw new Error('Electron ended without a window.');
}

/** Address of the debugging socket of the first page. See https://chromedevtools.github.io/devtools-protocol/ */
async function pageSocket(port: number, signal: AbortSignal): Promise<string> {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/json/list`, { signal });
    const targets = (await answer.json()) as { type: string; url: string; webSocketDebuggerUrl: string }[];
    const page = targets.find(({ type, url }) => type === 'page' && url !== '' && url !== 'about:blank');
    if (page) return page.webSocketDebuggerUrl;
    await delay(5, undefined, { signal });
  }
}

/** When the page had been painted and showed a text; milliseconds since the epoch, by the page's clock. */
async function seen(address: string, text: string, signal: AbortSignal): Promise<number> {
  const expression = `new Promise((resolve) => {
    const look = () => {
      const [paint] = performance.getEntriesByName('first-contentful-paint');
      if (!paint || !document.body.innerText.includes(${JSON.stringify(text)})) return setTimeout(look, 2);
      resolve(performance.timeOrigin + Math.max(paint.startTime, performance.now()));
    };
    look();
  })`;
  const socket = new WebSocket(address);
  try {
    await once(socket, 'open', { signal });
    for (;;) {
      socket.send(
        JSON.stringify({
          id: 1,
          method: 'Runtime.evaluate',
          params: { expression, awaitPromise: true, returnByValue: true },
        }),
      );
      const [message] = (await once(socket, 'message', { signal })) as [MessageEvent<string>];
      const answer = JSON.parse(message.data) as { result?: { result?: { value?: unknown } } };
      const value = answer.result?.result?.value;
      if (typeof value === 'number') return value;
      // It was just leaving the page it begins with: the next one is asked.
      await delay(5, undefined, { signal });
    }
  } finally {
    socket.close();
  }
}

/** An Electron application with a window as hardened as ours and a page with one word. @returns its folder */
export async function emptyApplication(directory: string): Promise<string> {
  const folder = await mkdtemp(path.join(directory, 'empty-application-'));
  const files = {
    'package.json': JSON.stringify({ name: 'empty', main: 'main.js' }),
    'index.html': '<!doctype html><title>Empty</title><h1>Empty</h1>',
    'main.js': `const { app, BrowserWindow } = require('electron');
app.setPath('userData', require('node:path').join(__dirname, 'data'));
app.whenReady().then(() => {
  const window = new BrowserWindow({ show: false, webPreferences: { sandbox: true, contextIsolation: true } });
  window.once('ready-to-show', () => window.show());
  window.loadFile('index.html');
});
app.on('window-all-closed', () => app.quit());
`,
  };
  for (const [file, text] of Object.entries(files)) await writeFile(path.join(folder, file), text);
  return folder;
}
