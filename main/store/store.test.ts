import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { dataDirectory, readJson, updateJson, watch, withLock, writeJson } from './index.ts';

const Counter = z.object({ value: z.number() });
const fixture = fileURLToPath(new URL('counter.fixture.ts', import.meta.url));
let directory: string;
let file: string;
let children: ChildProcess[];

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'store-'));
  file = path.join(directory, 'counter.json');
  children = [];
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(directory, { recursive: true });
});

function start(...parameters: string[]): ChildProcess {
  const child = spawn(process.execPath, [fixture, ...parameters], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  return child;
}

async function holder(): Promise<ChildProcess> {
  const child = start('hold', file);
  if (child.stdout) await once(child.stdout, 'data');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

describe('the data directory', () => {
  it.each([
    ['linux', {}, '/home/ann/.local/share/conpaas'],
    ['linux', { XDG_DATA_HOME: '/data' }, '/data/conpaas'],
    ['linux', { XDG_DATA_HOME: 'relative' }, '/home/ann/.local/share/conpaas'],
    ['linux', { XDG_DATA_HOME: '/data', CONPAAS_HOME: '/mine' }, '/mine'],
    ['darwin', {}, '/home/ann/Library/Application Support/ConPaaS'],
    ['win32', { APPDATA: 'C:\\Users\\ann\\AppData\\Roaming' }, 'C:\\Users\\ann\\AppData\\Roaming\\ConPaaS'],
  ] as const)('follows the conventions of %s %j', (platform, environment, expected) => {
    expect(dataDirectory(environment, platform, '/home/ann')).toBe(expected);
  });
});

describe('the lock', () => {
  it('loses no increment of several processes, and leaves nothing behind', async () => {
    const counters = Array.from({ length: 4 }, () => start('count', file, '40'));
    const mine = Promise.all(
      Array.from({ length: 40 }, () => updateJson(file, Counter, (now) => ({ value: (now?.value ?? 0) + 1 }))),
    );
    const codes = await Promise.all(counters.map(async (child) => (await once(child, 'exit'))[0]));
    await mine;
    expect(codes).toEqual([0, 0, 0, 0]);
    expect(await readJson(file, Counter)).toEqual({ value: 200 });
    expect(await readdir(directory)).toEqual(['counter.json']);
  });

  it('goes on after kill -9 of its holder, whoever comes first', async () => {
    for (let round = 0; round < 3; round++) {
      const held = await holder();
      const counters = Array.from({ length: 3 }, () => start('count', file, '10'));
      const exits = counters.map((child) => once(child, 'exit'));
      await kill(held);
      for (const exit of exits) expect((await exit)[0]).toBe(0);
    }
    expect(await readJson(file, Counter)).toEqual({ value: 90 });
    expect(await readdir(directory)).toEqual(['counter.json']);
  });

  it('loses nothing while holders are being killed', async () => {
    // Each process that ends by itself has counted 5; killed ones have counted what the file says beyond that.
    let finished = 0;
    for (let round = 0; round < 6; round++) {
      const victim = start('count', file, '100000');
      const counter = start('count', file, '5');
      await readUntil(
        () => readJson(file, Counter),
        (content) => (content?.value ?? 0) > finished,
      );
      await kill(victim);
      if (counter.exitCode === null) await once(counter, 'exit');
      expect(counter.exitCode).toBe(0);
      finished = (await readJson(file, Counter))?.value ?? 0;
    }
    expect(finished).toBeGreaterThanOrEqual(30);
    expect((await readdir(directory)).filter((name) => name.endsWith('.lock'))).toEqual([]);
  });

  it('is not taken from a living holder, and says who has it', async () => {
    const held = await holder();
    await expect(withLock(`${file}.lock`, async () => 'taken', { timeoutMs: 100 })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(`Process ${held.pid} is still writing counter.json`),
    });
    const waiting = withLock(`${file}.lock`, async () => 'taken');
    await kill(held);
    expect(await waiting).toBe('taken');
  });

  it('does not take a reused pid for its holder', async () => {
    const mark = { pid: process.pid, started: '1@another-boot', nonce: 'ab' };
    await writeFile(`${file}.lock`, JSON.stringify(mark));
    expect(await withLock(`${file}.lock`, async () => 'taken', { timeoutMs: 2_000 })).toBe('taken');
  });

  it('queues callers of one process, hands on errors, and can be given up', async () => {
    const order: number[] = [];
    const first = withLock(`${file}.lock`, async () => {
      order.push(1);
      throw new Error('first');
    });
    const second = withLock(`${file}.lock`, async () => order.push(2));
    await expect(first).rejects.toThrow('first');
    await second;
    expect(order).toEqual([1, 2]);
  });

  it('lets who waits give up, before another process and before others in this one', async () => {
    let end: () => void = () => undefined;
    const holding = withLock(
      `${file}.lock`,
      () =>
        new Promise<void>((resolve) => {
          end = resolve;
        }),
    );
    const given = new AbortController();
    const queued = withLock(`${file}.lock`, async () => 'taken', { signal: given.signal });
    const late = withLock(`${file}.lock`, async () => 'taken', { timeoutMs: 20 });
    const patient = withLock(`${file}.lock`, async () => 'taken');
    given.abort();
    await expect(queued).rejects.toMatchObject({ name: 'AbortError' });
    await expect(late).rejects.toMatchObject({ code: 'conflict' });
    end();
    await holding;
    expect(await patient).toBe('taken');
    await holder();
    const abort = new AbortController();
    const waiting = withLock(`${file}.lock`, async () => 'taken', { signal: abort.signal });
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('a JSON file', () => {
  it('is private, whole and checked', async () => {
    const nested = path.join(directory, 'new', 'file.json');
    await writeJson(nested, Counter, { value: 1 });
    expect((await stat(nested)).mode & 0o777).toBe(0o600);
    expect((await stat(path.dirname(nested))).mode & 0o777).toBe(0o700);
    expect(await readFile(nested, 'utf8')).toBe('{\n  "value": 1\n}\n');
    expect(await readJson(path.join(directory, 'none.json'), Counter)).toBeUndefined();
    await writeFile(nested, '{"value": "one"}');
    await expect(readJson(nested, Counter)).rejects.toMatchObject({
      code: 'internal',
      failure: { places: [{ path: 'value' }] },
    });
    await writeFile(nested, '{"value":');
    await expect(readJson(nested, Counter)).rejects.toThrow('is damaged: it is not JSON');
  });

  it('is not written where nothing changes', async () => {
    await writeJson(file, Counter, { value: 1 });
    const before = (await stat(file)).ino;
    expect(await updateJson(file, Counter, (present) => present)).toEqual({ value: 1 });
    expect((await stat(file)).ino).toBe(before);
  });
});

describe('watching', () => {
  it("sees every state that another process's last write leaves", async () => {
    let seen = 0;
    let wake: () => void = () => undefined;
    using _watching = watch(file, () => {
      readJson(file, Counter).then((content) => {
        seen = content?.value ?? -1;
        wake();
      });
    });
    const child = start('count', file, '25');
    await until(
      () => seen === 25,
      (notify) => {
        wake = notify;
      },
    );
    if (child.exitCode === null) await once(child, 'exit');
    await rm(file);
    await until(
      () => seen === -1,
      (notify) => {
        wake = notify;
      },
    );
  });

  it('sees changes by looking where the system does not tell', async () => {
    await mkdir(path.join(directory, 'real'));
    let calls = 0;
    let wake: () => void = () => undefined;
    const inside = path.join(directory, 'missing', 'counter.json');
    const errors: unknown[] = [];
    using _watching = watch(
      inside,
      () => {
        calls += 1;
        wake();
      },
      { everyMs: 20, onError: (error) => errors.push(error) },
    );
    expect(errors).toHaveLength(1);
    await writeJson(inside, Counter, { value: 1 });
    await until(
      () => calls > 0,
      (notify) => {
        wake = notify;
      },
    );
  });
});

/** Waits for a condition that changes only when `subscribe`'s callback is called. */
async function until(condition: () => boolean, subscribe: (notify: () => void) => void): Promise<void> {
  const deadline = AbortSignal.timeout(15_000);
  while (!condition()) {
    await new Promise<void>((resolve, reject) => {
      subscribe(resolve);
      deadline.addEventListener('abort', () => reject(new Error('not in time')), { once: true });
    });
  }
}

async function readUntil<T>(read: () => Promise<T>, good: (value: T) => boolean): Promise<void> {
  const deadline = performance.now() + 15_000;
  while (!good(await read())) {
    if (performance.now() > deadline) throw new Error('not in time');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
