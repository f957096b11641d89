import { appendFileSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LogBatch } from '../core/contract/logs.ts';
import { KeptLogs } from './kept-logs.ts';

let directory: string;
let now: number;
let kept: KeptLogs;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'kept-logs-'));
  now = 1_000_000;
  kept = new KeptLogs({ directory, maxBytes: 1_000, keepMs: 5_000, now: () => now });
});
afterEach(() => rmSync(directory, { recursive: true }));

function batch(node: string, seq: number, text: string): LogBatch {
  const count = text.split('\n').length;
  const next = { generation: 1, position: 10 * (seq + count), seq: seq + count };
  return { node, service: 'web', log: 'error', seq, count, text, times: [0, now], behind: 0, next };
}

async function read(node: string): Promise<LogBatch[]> {
  const all: LogBatch[] = [];
  for await (const one of kept.read('guestbook', node, undefined)) all.push(one);
  return all;
}

test('lines are kept, told where they go on, and shown once their node is gone', async () => {
  const first = await kept.keep('guestbook', [batch('web-1', 0, 'a\nb'), batch('web-2', 0, 'x')], ['web-1', 'web-2']);
  expect(first).toContainEqual({ node: 'web-1', log: 'error', next: { generation: 1, position: 20, seq: 2 } });
  expect(await kept.removed('guestbook')).toEqual([]);
  await kept.keep('guestbook', [batch('web-1', 0, 'a\nb'), batch('web-1', 2, 'c')], ['web-1', 'web-2']); // a sent again
  expect(await kept.keep('guestbook', [], ['web-2'])).toHaveLength(1);
  expect(await kept.removed('guestbook')).toEqual([
    { node: 'web-1', service: 'web', logs: ['error'], removedAt: now, until: now + 5_000 },
  ]);
  expect((await read('web-1')).map(({ text }) => text)).toEqual(['a\nb', 'c']);
  expect(await kept.removed('other')).toEqual([]);
  await expect(read('../web-9')).rejects.toThrow('Nothing is kept');
});

test('what was skipped is a gap with its count; a crash in the middle of a line costs that line only', async () => {
  await kept.keep('guestbook', [batch('web-1', 0, 'a'), batch('web-1', 8, 'b')], ['web-1']);
  expect((await read('web-1')).map(({ gap }) => gap)).toEqual([undefined, 7]);
  const [application] = readdirSync(directory);
  const [node] = readdirSync(path.join(directory, application ?? ''));
  const folder = path.join(directory, application ?? '', node ?? '');
  const file = path.join(folder, readdirSync(folder).find((name) => name.endsWith('.0.log')) ?? '');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  appendFileSync(file, '{"node":"web-1","text":"half');
  expect((await read('web-1')).map(({ text }) => text)).toEqual(['a', 'b']);
});

test('of a long log the newest part is kept, and not for ever', async () => {
  for (let n = 0; n < 60; n += 1) await kept.keep('guestbook', [batch('web-1', n, 'x'.repeat(100))], ['web-1']);
  const lines = await read('web-1');
  expect(lines.at(-1)?.seq).toBe(59);
  expect(lines.length).toBeGreaterThan(3);
  expect(lines.length).toBeLessThanOrEqual(10);
  await kept.keep('guestbook', [], []);
  now += 4_000;
  expect(await kept.sweep(['guestbook'])).toBe(0);
  now += 2_000;
  expect(await kept.removed('guestbook')).toEqual([]);
  expect(await kept.sweep(['guestbook'])).toBe(1);
  await kept.keep('guestbook', [batch('web-2', 0, 'y')], ['web-2']);
  await kept.sweep([]);
  expect(existsSync(path.join(directory, Buffer.from('guestbook').toString('hex')))).toBe(false);
});
