import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConpaasError } from '../contract/errors.ts';
import type { Operation } from '../contract/operation.ts';
import { type Journal, openJournal } from '../journal/index.ts';
import { Operations, operationsTable, type Step } from './index.ts';

let directory: string;
let journal: Journal;
const open = () => openJournal({ path: path.join(directory, 'a.db'), name: 'test', migrations: [operationsTable] });
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'operations-'));
  journal = open();
});
afterEach(() => {
  journal[Symbol.dispose]();
  rmSync(directory, { recursive: true, force: true });
});

const never = AbortSignal.timeout(20_000);

function runner(steps: readonly Step<object>[], options: { deadlineMs?: number; patience?: number } = {}) {
  const changes: Operation[] = [];
  const { patience } = options;
  const operations = new Operations({
    ...{ journal, onChange: (one: Operation) => changes.push(one), log: () => undefined },
    ...(patience !== undefined && { patience }),
  });
  operations.register<object>({
    kind: 'work',
    title: () => 'Do the work',
    target: () => ({}),
    steps: () => steps,
    deadlineMs: options.deadlineMs ?? 10_000,
    queue: () => 'one',
  });
  return { operations, changes };
}

const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
  );

describe('operations', () => {
  test('run their steps in order and end done; the same id starts nothing twice', async () => {
    const ran: string[] = [];
    const { operations } = runner([
      { name: 'a', title: 'A', run: async ({ remember }) => remember({ a: ran.push('a') }) },
      { name: 'b', title: 'B', run: async ({ memory, result }) => result({ x: String(ran.push(`b${memory['a']}`)) }) },
    ]);
    const id = await operations.start('work', {}, { requestedBy: 'ann' });
    expect(await operations.start('work', {}, { id, requestedBy: 'ann' })).toBe(id);
    const ended = await operations.ended(id, never);
    expect(ended).toMatchObject({ state: 'done', outcome: { x: '2' }, requestedBy: 'ann' });
    expect(ran).toEqual(['a', 'b1']);
  });

  test('a failed one keeps its cause, and a retry goes on at the step that failed', async () => {
    const ran: string[] = [];
    let fail = true;
    const { operations } = runner([
      { name: 'a', title: 'A', run: async () => void ran.push('a') },
      {
        name: 'b',
        title: 'B',
        run: async () => {
          ran.push('b');
          if (fail) throw new ConpaasError('engine_failed', 'It broke.', { log: ['last line'] });
        },
      },
    ]);
    const id = await operations.start('work', {}, { requestedBy: 'ann' });
    expect(await operations.ended(id, never)).toMatchObject({
      state: 'failed',
      retryable: true,
      failure: { code: 'engine_failed', log: ['last line'] },
    });
    fail = false;
    await operations.retry(id, 'ben');
    expect(await operations.ended(id, never)).toMatchObject({ state: 'done', requestedBy: 'ben' });
    expect(ran).toEqual(['a', 'b', 'b']);
  });

  test('cancel, deadline, and a next life that goes on', async () => {
    const waits: Step<object> = { name: 'a', title: 'A', run: ({ signal }) => untilAborted(signal) };
    const first = runner([waits]);
    const cancelled = await first.operations.start('work', {}, { requestedBy: 'ann' });
    await first.operations.cancel(cancelled);
    expect(first.operations.get(cancelled)?.state).toBe('cancelled');

    const late = runner([waits], { deadlineMs: 20 });
    const id = await late.operations.start('work', {}, { requestedBy: 'ann' });
    expect((await late.operations.ended(id, never)).failure?.code).toBe('deadline_exceeded');

    const interrupted = await first.operations.start('work', {}, { requestedBy: 'ann' });
    await first.operations[Symbol.asyncDispose]();
    journal[Symbol.dispose]();
    journal = open();
    const next = runner([{ name: 'a', title: 'A', run: async () => undefined }]);
    expect(next.operations.get(interrupted)?.state).toBe('running');
    next.operations.resume();
    expect((await next.operations.ended(interrupted, never)).state).toBe('done');
  });

  test('a slow machine is given more time, in the first attempt and in each other', async () => {
    let fail = true;
    const step = async (): Promise<void> => {
      if (fail) throw new ConpaasError('cloud_failed', 'no');
    };
    const { operations } = runner([{ name: 'a', title: 'A', run: step }], { deadlineMs: 1000, patience: 4 });
    const before = Date.now();
    const id = await operations.start('work', {}, { requestedBy: 'ann' });
    const first = (await operations.ended(id, never)).deadline;
    expect(first - before).toBeGreaterThanOrEqual(4000);
    fail = false;
    await operations.retry(id, 'ann');
    expect((await operations.ended(id, never)).deadline).toBeGreaterThanOrEqual(first);
  });

  test('operations of one queue run one after the other', async () => {
    const ran: string[] = [];
    const { operations } = runner([
      { name: 'a', title: 'A', run: async ({ id }) => void ran.push(`start ${id}`) },
      { name: 'b', title: 'B', run: async ({ id }) => void ran.push(`end ${id}`) },
    ]);
    const one = await operations.start('work', {}, { requestedBy: 'ann' });
    const two = await operations.start('work', {}, { requestedBy: 'ann' });
    await operations.ended(two, never);
    expect(ran).toEqual([`start ${one}`, `end ${one}`, `start ${two}`, `end ${two}`]);
  });

  test('one that is cancelled while it waits ends at once, and those behind it still wait for their turn', async () => {
    const release = Promise.withResolvers<void>();
    const ran: string[] = [];
    const { operations } = runner([
      {
        name: 'a',
        title: 'A',
        run: async ({ id, requestedBy }) => {
          if (requestedBy === 'first') await release.promise;
          ran.push(id);
        },
      },
    ]);
    const one = await operations.start('work', {}, { requestedBy: 'first' });
    const two = await operations.start('work', {}, { requestedBy: 'ann' });
    const three = await operations.start('work', {}, { requestedBy: 'ann' });
    await operations.cancel(two);
    expect(operations.get(two)?.state).toBe('cancelled');
    expect(operations.get(three)?.steps[0]?.state).toBe('waiting');
    expect(ran).toEqual([]);
    release.resolve();
    await operations.ended(three, never);
    expect(ran).toEqual([one, three]);
  });

  test('the oldest ended ones are forgotten, in memory as on disk', async () => {
    const { operations } = runner([{ name: 'a', title: 'A', run: async () => undefined }]);
    let last = await operations.start('work', {}, { requestedBy: 'ann' });
    for (let n = 0; n < 520; n++) {
      await operations.ended(last, never);
      last = await operations.start('work', {}, { requestedBy: 'ann' });
    }
    await operations.ended(last, never);
    expect(operations.list().length).toBeLessThanOrEqual(501);
  });
});
