import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ScriptOutput } from '../core/contract/scripts.ts';
import { listProcesses } from '../core/supervisor/index.ts';
import { dryRun } from './dry-run.ts';

const never = new AbortController().signal;
const uid = process.getuid?.() === 0 ? 0x3ffe1 : undefined;
let home: string;
let work: string;

beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'dry-run-'));
  work = path.join(home, 'node', 'work');
  mkdirSync(work, { recursive: true });
  writeFileSync(path.join(work, 'kept.txt'), 'as it was');
  for (const file of [work, path.join(work, 'kept.txt')]) if (uid !== undefined) chownSync(file, uid, uid);
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

interface Told {
  readonly output: string;
  readonly end: Extract<ScriptOutput, { kind: 'ended' }> | undefined;
}

async function run(script: string, more: { network?: boolean; signal?: AbortSignal } = {}): Promise<Told> {
  let output = '';
  let end: Told['end'];
  const options = {
    node: 'web-backend-1',
    directory: path.join(home, 'node'),
    records: path.join(home, 'records'),
    uid,
    place: { directory: work, environment: { GREETING: 'Grüße' } },
    script,
    network: more.network ?? false,
  };
  for await (const piece of dryRun(options, more.signal ?? never)) {
    if (piece.kind === 'output') output += piece.text;
    if (piece.kind === 'ended') end = piece;
  }
  return { output, end };
}

const leftovers = () => readdirSync(path.join(home, 'node', 'dry-run'));

test('a script works on a copy, its output comes whole, and nothing of it stays', async () => {
  const { output, end } = await run(
    'cat kept.txt; echo " $GREETING $CONPAAS_DRY_RUN"; echo changed > kept.txt; mkdir new; touch new/file; rm -f none; exit 3',
  );
  expect(output).toBe('as it was Grüße 1\n');
  expect(end).toMatchObject({ ended: 'itself', code: 3, changed: ['kept.txt', 'new/', 'new/file'] });
  expect(readFileSync(path.join(work, 'kept.txt'), 'utf8')).toBe('as it was');
  expect(readdirSync(work)).toEqual(['kept.txt']);
  expect(leftovers()).toEqual([]);
});

test('an interpreter is chosen by the script itself', async () => {
  const { output } = await run('#!/usr/bin/perl\nprint join(",", map { $_ * 2 } 1 .. 3);');
  expect(output).toBe('2,4,6');
});

test('it reaches neither other files nor, unless asked for, the network', async () => {
  await using server = createServer((socket) => socket.end('hello')).listen(0, '127.77.61.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const secret = path.join(home, 'secret');
  writeFileSync(secret, 'x', { mode: 0o644 });
  const script = `#!/usr/bin/perl
use IO::Socket::INET;
print -e '${secret}' ? "secret\\n" : "no secret\\n";
my $socket = IO::Socket::INET->new(PeerAddr => '127.77.61.1', PeerPort => ${port}, Timeout => 5);
print $socket ? <$socket> : "no network";`;
  expect((await run(script)).output).toBe('no secret\nno network');
  expect((await run(script, { network: true })).output).toBe('no secret\nhello');
});

test('too much output ends it, and what was said until then is shown', async () => {
  const { output, end } = await run('while :; do echo 0123456789012345678901234567890123456789; done');
  expect(end).toMatchObject({ ended: 'too_much_output' });
  expect(end?.code).toBeUndefined();
  expect(output.length).toBe(1024 * 1024);
  expect(leftovers()).toEqual([]);
});

test('who goes away ends it with all its children', async () => {
  const giving = new AbortController();
  const marker = `sleep 86${process.pid}`;
  const running = run(`(${marker}) & echo ready; ${marker}`, { signal: giving.signal });
  const isThere = () =>
    listProcesses().some(({ pid }) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').includes(marker);
      } catch {
        return false; // it has ended meanwhile
      }
    });
  await expect.poll(isThere, { timeout: 20_000 }).toBe(true);
  giving.abort(new Error('gone'));
  await expect(running).rejects.toThrow('gone');
  await expect.poll(isThere, { timeout: 20_000 }).toBe(false);
  expect(leftovers()).toEqual([]);
});

test('a link in the working directory is copied as a link, and removing the copy follows none', async () => {
  const outside = path.join(home, 'outside');
  mkdirSync(outside);
  writeFileSync(path.join(outside, 'precious'), 'x');
  const { output } = await run(`ln -s ${outside} there; [ -L there ] && echo linked`);
  expect(output).toBe('linked\n');
  expect(existsSync(path.join(outside, 'precious'))).toBe(true);
  expect(lstatSync(outside).isDirectory()).toBe(true);
});
