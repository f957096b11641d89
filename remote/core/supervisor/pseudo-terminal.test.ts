/** A real shell on a real terminal, as root with a user of its own for the node, and as an ordinary user. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { listProcesses, waitUntil } from './proc.ts';

const fixture = join(import.meta.dirname, 'pseudo-terminal.fixture.ts');
const nodeUid = 0x3ffd1;
const ordinary = 47_311;
const deadlineMs = 30_000;

interface Held {
  readonly child: ChildProcess;
  readonly home: string;
  shown(): string;
  type(text: string): void;
  resize(columns: number, rows: number): void;
  /** Waits until it shows something, and returns the match. */
  until(pattern: RegExp): Promise<RegExpMatchArray>;
  /** Processes with the tag of its records. */
  inside(): number[];
}

const held: Held[] = [];
afterEach(async () => {
  for (const { child, home, inside } of held.splice(0)) {
    child.kill('SIGKILL');
    await waitUntil(() => inside().length === 0, deadlineMs);
    rmSync(home, { recursive: true, force: true });
  }
});

/** @param as whom the process that holds the terminal runs */
function hold(as: 'root' | 'ordinary'): Held {
  const home = mkdtempSync(join(tmpdir(), 'terminal-'));
  mkdirSync(join(home, 'work'));
  writeFileSync(join(home, 'journal.db'), 'secret', { mode: 0o600 });
  chmodSync(home, 0o700);
  const isRoot = process.getuid?.() === 0;
  const setpriv = ['/usr/bin/setpriv', `--reuid=${ordinary}`, `--regid=${ordinary}`, '--clear-groups'];
  const plain = [process.execPath, fixture, home, as === 'root' ? String(nodeUid) : '-'];
  const [executable = '', ...words] = as === 'ordinary' && isRoot ? [...setpriv, ...plain] : plain;
  const owner = as === 'root' ? nodeUid : ordinary;
  if (isRoot) {
    chownSync(join(home, 'work'), owner, owner);
    if (as === 'ordinary') for (const path of [home, join(home, 'journal.db')]) chownSync(path, ordinary, ordinary);
  }
  const child = spawn(executable, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  const send = (line: unknown) => child.stdin?.write(`${JSON.stringify(line)}\n`);
  const one: Held = {
    child,
    home,
    shown: () => text,
    type: (typed) => void send({ type: typed }),
    resize: (columns, rows) => void send({ size: [columns, rows] }),
    async until(pattern) {
      await waitUntil(() => pattern.test(text), deadlineMs);
      const found = pattern.exec(text);
      if (!found) throw new Error(`${pattern} is not in:\n${text}`);
      return found;
    },
    inside: () => listProcesses().flatMap(({ pid }) => (mentions(pid, home) && pid !== child.pid ? [pid] : [])),
  };
  held.push(one);
  return one;
}

function mentions(pid: number, home: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).length >= 0 && environment(pid).includes(home);
  } catch {
    return false; // ended meanwhile
  }
}

function environment(pid: number): string {
  return process.getBuiltinModule('node:fs').readFileSync(`/proc/${pid}/environ`, 'utf8');
}

const ways = process.getuid?.() === 0 ? (['root', 'ordinary'] as const) : (['ordinary'] as const);

describe.each(ways)('a terminal held by %s', (as) => {
  test('is a terminal of the size asked for, can be resized, and understands Ctrl+C', async () => {
    const one = hold(as);
    await one.until(/web-backend-1:\S*\$ /);
    one.type('tty; stty size\r');
    await one.until(/\/dev\/pts\/0\r\n30 100\r\n/);
    one.resize(132, 43);
    one.resize(91, 17);
    one.type('until [ "$(stty size)" = "17 91" ]; do sleep 0.05; done; echo re""sized\r');
    await one.until(/resized\r\n/);
    // Told by what is to be interrupted: the shell itself, before it has begun, does not mind Ctrl+C.
    one.type("sh -c 'echo be''gun; exec sleep 1000'\r");
    await one.until(/begun\r\n/);
    one.type('\u0003');
    await one.until(/\^C/);
    one.type('exit 7\r');
    expect((await one.until(/ended (\d+)/))[1]).toBe('7');
  });

  test('sees neither the files of its holder nor other processes, and is nobody in particular', async () => {
    const one = hold(as);
    await one.until(/\$ /);
    one.type(`cat ${one.home}/journal.db ${one.home}/records/* ; echo code=$?\r`);
    expect((await one.until(/code=(\d+)/))[1]).not.toBe('0');
    expect(one.shown()).not.toContain('secret');
    one.type('echo uid=$(id -u) pids=$(ls /proc | grep -c "^[0-9]") capable=$(grep CapEff /proc/self/status)\r');
    const [, uid, pids, capable] = await one.until(/uid=(\d+) pids=(\d+) capable=CapEff:\s*([0-9a-f]+)/);
    if (process.getuid?.() === 0) expect(Number(uid)).toBe(as === 'root' ? nodeUid : ordinary);
    expect(Number(pids)).toBeLessThan(10);
    expect(capable).toMatch(/^0+$/);
  });

  test('ends with all that was started in it when its holder is killed', async () => {
    const one = hold(as);
    await one.until(/\$ /);
    one.type('trap "" HUP TERM; (setsid sleep 4321 &); sleep 4322 & echo st""arted\r');
    await one.until(/started/);
    expect(one.inside().length).toBeGreaterThan(3);
    one.child.kill('SIGKILL');
    await once(one.child, 'exit');
    expect(await waitUntil(() => one.inside().length === 0, deadlineMs)).toBe(true);
  });
});
