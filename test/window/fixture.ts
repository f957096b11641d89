/** Real Electron on a data directory of its own, with what must never happen watched in every test. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { _electron, test as base, type ElectronApplication, type Page } from '@playwright/test';
import { openVirtualDisplay } from './display.ts';
import { endStartedFromHere, started } from './ending.ts';
import { openHome } from './home.ts';
import { type ScriptedDirector, startScriptedDirector } from './scripted/index.ts';

export { expect } from '@playwright/test';

/** The checkout; another folder with the same dist/ while the window is worked on. */
const root = process.env['CONPAAS_WINDOW_ROOT'] ?? path.resolve(import.meta.dirname, '../..');

interface Fixtures {
  /** A stand-in; see there. */
  readonly director: ScriptedDirector;
  /** The window of a user who has the stand-in's deployment. */
  readonly page: Page;
  readonly desktop: ElectronApplication;
  /** The window of a new user. */
  readonly firstRun: Page;
  /** In every test: ends what it has started and, cut short by its time limit, has not ended. */
  readonly ending: undefined;
}

/** So long ending everything may take, whatever time the test has left, ms. */
const endingMs = 120_000;
/** A window that does not close within this time is killed, ms. */
const closingMs = 15_000;

interface WorkerFixtures {
  /** Workers other than the first have a display of their own: windows on one take focus and clipboard from each other. */
  readonly display: undefined;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  display: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright's own notation
    async ({}, use, { parallelIndex }) => {
      if (parallelIndex === 0) return use(undefined);
      await using display = await openVirtualDisplay();
      process.env['DISPLAY'] = display.name;
      await use(undefined);
    },
    { auto: true, scope: 'worker' },
  ],
  ending: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright's own notation
    async ({}, use) => {
      const endStarted = endStartedFromHere();
      await use(undefined);
      await endStarted();
    },
    { auto: true, timeout: endingMs },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright's own notation
  director: async ({}, use) => {
    await using director = await startScriptedDirector();
    await use(director);
  },
  desktop: async ({ director }, use) => {
    await using opened = await openDesktop(director.dataDirectory);
    await use(opened.desktop);
  },
  page: async ({ desktop }, use) => {
    const page = await watched(desktop);
    await page.waitForSelector('nav');
    await use(page);
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright's own notation
  firstRun: async ({}, use) => {
    await using home = await openHome();
    await using opened = await openDesktop(home.directory);
    await use(await watched(opened.desktop));
  },
});

export interface OpenedDesktop extends AsyncDisposable {
  readonly desktop: ElectronApplication;
}

export interface OpenOptions {
  /** Whether the user knows already that applications go on when the window closes. */
  readonly told?: boolean;
  /** `kept`: as the last window left it. */
  readonly memory?: 'kept';
  /** Added to the environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether secrets go to the keyring that the environment names, as they do outside of tests. */
  readonly realKeyring?: boolean;
}

/** Opens the window on a data directory. Disposing it closes the window; applications go on. */
export async function openDesktop(dataDirectory: string, options: OpenOptions = {}): Promise<OpenedDesktop> {
  if ((options.told ?? true) && options.memory !== 'kept') {
    await writeFile(
      path.join(dataDirectory, 'window.json'),
      JSON.stringify({ toldThatApplicationsGoOn: true, width: 1240, height: 820 }),
    );
  }
  const desktop = await _electron.launch({
    args: [
      ...(options.realKeyring ? ['-r', path.join(import.meta.dirname, 'real-keyring.cjs')] : []),
      root,
      '--disable-gpu',
    ],
    env: { ...(process.env as Record<string, string>), ...options.environment, CONPAAS_HOME: dataDirectory },
  });
  desktop.process().stderr?.on('data', (chunk: Buffer) => {
    const text = chunk.toString();
    if (/^hub:|Error:/m.test(text)) process.stderr.write(text);
  });
  const end = started(() => close(desktop));
  return { desktop, [Symbol.asyncDispose]: end };
}

async function close(desktop: ElectronApplication): Promise<void> {
  const killing = setTimeout(() => desktop.process().kill('SIGKILL'), closingMs);
  await desktop.close().finally(() => clearTimeout(killing));
}

/** The window's page, with violations of the content security policy and errors on its console collected. */
export async function watched(desktop: ElectronApplication): Promise<Page> {
  const page = await desktop.firstWindow();
  const seen: string[] = [];
  problems.set(page, seen);
  page.on('console', (message) => {
    if (message.type() === 'error') seen.push(message.text());
  });
  page.on('pageerror', (error) => seen.push(error.message));
  // Behind a lock screen there is another, which is not to be seen.
  await page.waitForSelector('h1:visible');
  return page;
}

const problems = new WeakMap<Page, string[]>();

/** Errors and policy violations on the page so far. */
export function problemsOf(page: Page): readonly string[] {
  return problems.get(page) ?? [];
}
