/**
 * The Debian package, as a user has it: installed, opened by an ordinary user with Chromium's sandbox on, and used until an
 * application answers. It is fully fused, so it is driven by its debugging port, which it opens only for other data than
 * the user's own.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type Browser, chromium, expect, type Page, test } from '@playwright/test';
import { freePort } from '../../remote/core/free-port.fixture.ts';
import { objections } from '../../scripts/dist/objections.ts';

const root = path.resolve(import.meta.dirname, '../..');
const release = path.join(root, 'release');
const isRoot = process.getuid?.() === 0;
/** Somebody without an entry at this computer, where we may be anybody. */
const user = isRoot ? 4712 : process.getuid?.();

interface Installed extends AsyncDisposable {
  readonly application: string;
  readonly command: string;
}

/** Installs the package where we are root; lays it out beside this test otherwise. */
async function install(): Promise<Installed> {
  const name = readdirSync(release).find((each) => each.endsWith('.deb'));
  if (name === undefined) throw new Error('There is no package in release/: node scripts/dist.mjs deb makes it');
  const file = path.join(release, name);
  if (isRoot) {
    const options = ['-y', '-q', '-o', 'DPkg::Lock::Timeout=900', '--no-install-recommends', '--allow-downgrades'];
    run('apt-get', ['install', ...options, '--reinstall', file]);
    return {
      application: '/usr/bin/conpaas-desktop',
      command: '/usr/bin/conpaas',
      [Symbol.asyncDispose]: async () => run('apt-get', ['remove', '-y', '-q', 'conpaas-desktop']),
    };
  }
  const folder = await mkdtemp(path.join(os.tmpdir(), 'conpaas-package-'));
  run('dpkg-deb', ['-x', file, folder]);
  return {
    application: path.join(folder, 'usr/lib/conpaas-desktop/conpaas-desktop'),
    command: path.join(folder, 'usr/lib/conpaas-desktop/resources/conpaas'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

function run(program: string, words: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(program, words, {
    encoding: 'utf8',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status !== 0) throw new Error(`${program} ${words.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
}

/** As the ordinary user, with a home of its own. */
function start(
  program: string,
  words: readonly string[],
  home: string,
  more: Record<string, string> = {},
): ChildProcess {
  const { PATH = '/usr/bin:/bin', DISPLAY = '' } = process.env;
  const XAUTHORITY = path.join(home, 'xauthority');
  const environment = { PATH, DISPLAY, XAUTHORITY, HOME: home, XDG_RUNTIME_DIR: home, LANG: 'C.UTF-8', ...more };
  const [executable = program, ...rest] = isRoot
    ? ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--clear-groups', program, ...words]
    : [program, ...words];
  return spawn(executable, rest, { cwd: home, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Its exit code, what it wrote to standard output, and all it wrote. */
async function ended(child: ChildProcess): Promise<{ code: number | null; output: string; text: string }> {
  let text = '';
  let output = '';
  child.stdout?.on('data', (data: Buffer) => {
    output += data.toString();
  });
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => (text += data.toString()));
  const [code] = (await once(child, 'exit')) as [number | null];
  return { code, output, text };
}

async function attach(port: number): Promise<Browser> {
  let browser: Browser | undefined;
  await expect
    .poll(
      async () => {
        browser ??= await chromium.connectOverCDP(`http://127.0.0.1:${port}`).catch(() => undefined);
        return browser !== undefined;
      },
      { timeout: 60_000 },
    )
    .toBe(true);
  if (!browser) throw new Error('not attached');
  return browser;
}

/** Chromium's processes of a kind that belong to a user data directory. */
function processesOfKind(kind: string, parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`--type=${kind}`) && isBelow(pid, parent);
      } catch {
        return false; // ended meanwhile
      }
    });
}

function isBelow(pid: number, ancestor: number): boolean {
  for (let each = pid; each > 1; ) {
    if (each === ancestor) return true;
    each = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${each}/status`, 'utf8'))?.[1] ?? 0);
  }
  return false;
}

interface User extends AsyncDisposable {
  /** Environment with which programs use data that is not the user's own. */
  readonly otherData: Record<string, string>;
  start(program: string, words: readonly string[], more?: Record<string, string>): ChildProcess;
}

/** An ordinary user with a home of its own. Their deployments go with them. */
async function openUser({ command }: Installed): Promise<User> {
  const home = await mkdtemp(path.join(os.tmpdir(), 'conpaas-user-'));
  chmodSync(home, 0o700);
  // Who may use the display is written in a file that only its owner may read.
  const { XAUTHORITY } = process.env;
  if (XAUTHORITY !== undefined && existsSync(XAUTHORITY)) {
    copyFileSync(XAUTHORITY, path.join(home, 'xauthority'));
  }
  const otherData = { CONPAAS_HOME: path.join(home, 'data') };
  // They have been told that applications go on when the window closes; it would wait for an answer otherwise.
  mkdirSync(otherData.CONPAAS_HOME, { mode: 0o700 });
  writeFileSync(path.join(otherData.CONPAAS_HOME, 'window.json'), JSON.stringify({ toldThatApplicationsGoOn: true }));
  if (isRoot) run('chown', ['-R', `${user}:${user}`, home]);
  return {
    otherData,
    start: (program, words, more = {}) => start(program, words, home, more),
    async [Symbol.asyncDispose]() {
      const { code, text } = await ended(start(command, ['destroy', '--yes'], home, otherData));
      await rm(home, { recursive: true, force: true });
      expect(code, text).toBe(0);
    },
  };
}

/** Playwright shows neither of two errors; both are worth seeing. */
function spelledOut(error: unknown): unknown {
  if (!(error instanceof SuppressedError)) return error;
  const text = (one: unknown): string => (one instanceof Error ? one.message : String(one));
  return new Error(`${text(spelledOut(error.suppressed))}\n… and while cleaning up: ${text(spelledOut(error.error))}`);
}

test('the package is installed and used by an ordinary user, with the sandbox on', async () => {
  test.setTimeout(600_000);
  try {
    await installAndUse();
  } catch (error) {
    throw spelledOut(error);
  }
});

async function installAndUse(): Promise<void> {
  await using installed = await install();
  await using person = await openUser(installed);

  // With the data that a user really has, nobody may attach.
  const refused = await ended(person.start(installed.application, ['--remote-debugging-port=0', '--disable-gpu']));
  expect(refused.code).toBe(1);
  expect(refused.text).toContain('does not run under a debugger with your data');

  const port = await freePort();
  const words = [`--remote-debugging-port=${port}`, '--disable-gpu', '--log-level=3'];
  const application = person.start(installed.application, words, person.otherData);
  const over = ended(application);
  try {
    const browser = await attach(port);
    const [context] = browser.contexts();
    const page = (context?.pages()[0] ?? (await context?.waitForEvent('page'))) as Page;
    page.setDefaultTimeout(60_000);
    try {
      await tryIt(page);
    } catch (error) {
      await page.screenshot({ path: test.info().outputPath('failed.png') });
      throw error;
    }

    const renderers = processesOfKind('renderer', application.pid ?? 0);
    expect(renderers.length).toBeGreaterThan(0);
    for (const pid of renderers) {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      expect(status).toMatch(/^Seccomp:\s+2$/m);
      expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
    }
    await browser.close();
  } finally {
    application.kill('SIGTERM');
    await over;
  }

  const status = await ended(person.start(installed.command, ['--json', 'status'], person.otherData));
  expect(status.code, status.text).toBe(0);
  expect(JSON.parse(status.output), status.text).toMatchObject([
    { state: 'running', applications: [{ state: 'running' }] },
  ]);
}

/** From nothing to a guestbook that answers. */
async function tryIt(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Try it on this computer' }).click({ timeout: 60_000 });
  await page.getByRole('heading', { level: 1, name: 'Applications' }).waitFor({ timeout: 90_000 });
  await page.getByRole('button', { name: /guestbook/i }).click();
  await page.getByRole('button', { name: 'Create' }).click();
  const status = page.getByRole('status').filter({ hasText: 'It runs at' });
  await status.waitFor({ timeout: 120_000 });
  const address = await status.getByRole('button', { name: /^http/ }).first().textContent();
  expect((await fetch(address ?? '')).status).toBe(200);
}

test('what is built with the Electron for tests is not to be released', async () => {
  const found = await objections(release, { official: false });
  expect(found).toContain('it is built with the Electron for tests');
  // The fuses are as they should be, so that is the only kind of objection.
  expect(found.filter((text) => text.includes('fuse'))).toEqual([]);
  const marked = readdirSync(release).filter((name) => name.endsWith('.deb'));
  for (const name of marked) expect(found).toContain(`${name} is marked -test`);
  expect(existsSync(path.join(release, 'linux-unpacked/resources/default_app.asar'))).toBe(false);
});
