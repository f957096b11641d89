/** `conpaas shell`, through director and manager, to a node: what it sees, and that nothing of it outlives anything. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { AuditEntry, HistoryEvent, NodeInfo } from '../../remote/core/contract/index.ts';
import { type Desk, openDesk } from './desk.ts';
import { checkout, command, node as runtime } from './paths.ts';
import { probeManifest } from './probe.ts';
import { kill9 } from './processes.ts';
import { until } from './until.ts';

interface OpenShell {
  readonly child: ChildProcess;
  shown(): string;
  type(text: string): void;
  until(pattern: RegExp): Promise<RegExpExecArray>;
  ended(): Promise<number | null>;
}

function watch(child: ChildProcess): OpenShell {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
  }
  const over = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    child,
    shown: () => text,
    type: (typed) => void child.stdin?.write(typed),
    until: (pattern) =>
      until(
        () => `${pattern} in:\n${text}`,
        () => pattern.exec(text) ?? undefined,
      ),
    ended: () => over,
  };
}

/** The command with a pipe for standard input that stays open. */
function openShell(desk: Desk, uid: number | undefined, name: string): OpenShell {
  const { PATH = '/usr/bin:/bin' } = process.env;
  const plain = [runtime, command, 'shell', 'Probe', name];
  const [executable = runtime, ...rest] =
    uid === undefined ? plain : ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', ...plain];
  const env = { PATH, HOME: desk.home, CONPAAS_HOME: desk.home };
  return watch(spawn(executable, rest, { cwd: checkout, env, stdio: 'pipe' }));
}

/** The same on a terminal of its own, as a person has it. */
function openOnTerminal(desk: Desk, name: string): OpenShell {
  const { PATH = '/usr/bin:/bin' } = process.env;
  const env = { PATH, HOME: desk.home, CONPAAS_HOME: desk.home, RUNTIME: runtime, COMMAND: command, NODE: name };
  const line = 'stty rows 31 cols 87; exec "$RUNTIME" "$COMMAND" shell Probe "$NODE"';
  return watch(spawn('script', ['-qfec', line, '/dev/null'], { cwd: checkout, env, stdio: 'pipe' }));
}

async function nodesOf(desk: Desk, role: string): Promise<string[]> {
  const nodes = await desk.json(z.array(NodeInfo), 'nodes', 'list', 'Probe');
  return nodes.filter((one) => one.role === role).map(({ id }) => id);
}

/** What runs below script(1) of a node's terminal, wherever its root is. */
const inside = (desk: Desk) =>
  desk.processes().filter(({ commandLine }) => /script -q -f|sleep 54321/.test(commandLine));

async function secretsOf(desk: Desk): Promise<string[]> {
  const entries = await readdir(desk.home, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => /^(vault\.json|vault\.key|key\.pem|intermediate\.key|secrets\.key|.*\.db)$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name));
}

async function auditFiles(desk: Desk): Promise<string[]> {
  const entries = await readdir(desk.home, { recursive: true });
  return entries.filter((name) => /audit\.db(-wal)?$/.test(name)).map((name) => path.join(desk.home, name));
}

/** The terminal that a process of the command is on. */
async function terminalOf(desk: Desk): Promise<string> {
  const found = desk.processes('command').filter(({ commandLine }) => /cli\.mjs shell/.test(commandLine));
  for (const { pid } of found) {
    const target = await readlink(`/proc/${pid}/fd/0`).catch(() => '');
    if (target.startsWith('/dev/pts/')) return target;
  }
  throw new Error('no command is on a terminal');
}

it.each([
  ['root', undefined],
  ['an ordinary user', 47_112],
])('opens a contained shell that leaves nothing behind; a deployment of %s', async (_who, uid) => {
  await using desk = await openDesk(uid === undefined ? {} : { uid });
  const folder = await mkdtemp(path.join(os.tmpdir(), 'conpaas-test-'));
  try {
    await desk.conpaas('up');
    const manifest = await probeManifest(folder, { backends: 2 });
    await chmod(folder, 0o755);
    await desk.conpaas('apply', manifest, '--wait');
    const [first = '', second = ''] = await nodesOf(desk, 'backend');

    // who it is and what it cannot read
    const secrets = await secretsOf(desk);
    expect(secrets.length).toBeGreaterThan(5);
    const tries = `id -u; for f in ${secrets.join(' ')}; do cat "$f" > /dev/null 2>&1 && echo "read ""$f"; done; echo tried=$?; ls | head -3; exit 9\n`;
    const told = await desk.run(['shell', 'Probe', first], { input: tries });
    expect(told.code, told.stdout + told.stderr).toBe(9);
    expect(told.stdout).toMatch(/tried=/);
    expect(told.stdout).not.toMatch(/^read \//m);
    const user = Number(/^(\d+)\r$/m.exec(told.stdout)?.[1]);
    if (uid === undefined) expect(user).toBeGreaterThanOrEqual(0x30000);
    else expect(user).toBe(uid);
    expect((await desk.run(['shell', 'Probe', 'web-backend-99'])).stderr).toMatch(/There are: .*backend/);

    // the agent is killed while it is open: the shell ends, the command says so, the node serves on
    const lost = openShell(desk, uid, first);
    lost.type('(trap "" HUP TERM; exec sleep 54321) & echo op""en\r');
    await lost.until(/open\r\n/);
    expect(inside(desk).length).toBeGreaterThan(1);
    for (const { pid } of desk.processes('agent')) kill9(pid);
    expect(await lost.ended()).toBe(5);
    expect(lost.shown()).toMatch(/connection to the terminal was lost|connection broke/i);
    await until('the end of the shell', () => inside(desk).length === 0);

    // the command is killed
    const alone = await until('the agent again', async () => {
      const one = openShell(desk, uid, first);
      one.type('sleep 54321 & echo op""en\r');
      const open = await Promise.race([one.until(/open\r\n/).then(() => true), one.ended().then(() => false)]);
      return open ? one : undefined;
    });
    alone.child.kill('SIGKILL');
    await until('the end of the shell', () => inside(desk).length === 0);

    // the node is removed
    const removed = openShell(desk, uid, second);
    removed.type('sleep 54321 & echo op""en\r');
    await removed.until(/open\r\n/);
    await desk.conpaas('nodes', 'remove', 'Probe', 'web', '--id', second);
    expect(await removed.ended()).toBe(3);
    expect(removed.shown()).toContain(`The node ${second} was removed.`);
    expect(inside(desk)).toEqual([]);

    // all of it is in the audit trail, and nothing of what was typed is
    const audit = await until('the last terminal in the audit trail', async () => {
      const entries = await desk.json(z.array(AuditEntry), 'audit', '--app', 'Probe', '--limit', '500');
      return entries.filter(({ method }) => method === 'close_terminal').length >= 4 ? entries : undefined;
    });
    const opened = audit.filter(({ method }) => method === 'open_terminal');
    expect(
      opened.filter(({ outcome, target }) => outcome === 'done' && target['node'] === first).length,
    ).toBeGreaterThan(2);
    // One that there is not is refused, and nothing of it was ever open.
    const unknown = audit.filter(({ target }) => target['node'] === 'web-backend-99');
    expect(unknown.map(({ method, outcome }) => [method, outcome])).toEqual([['open_terminal', 'not_found']]);
    const closed = audit.find(({ method, target }) => method === 'close_terminal' && target['node'] === second);
    expect(closed).toMatchObject({
      application: expect.stringMatching(/^app-/),
      client: expect.stringMatching(/^command /),
    });
    expect(closed?.durationMs).toBeGreaterThan(0);
    expect(audit.map(({ method }) => method)).toContain('remove_nodes');
    expect(audit.find(({ method }) => method === 'remove_nodes')?.operation).toMatch(/^op-/);
    const files = await auditFiles(desk);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) expect(await readFile(file, 'latin1')).not.toContain('54321');
    expect(await desk.conpaas('audit', 'verify')).toContain('as they were written');
    const events = await desk.json(z.array(HistoryEvent), 'activity', '--app', 'Probe');
    expect(events.map(({ text }) => text)).toContain('Probe is running');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

it('is a real terminal at both ends: raw keys, its size, the way out', async () => {
  await using desk = await openDesk();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'conpaas-test-'));
  try {
    await desk.conpaas('up');
    await desk.conpaas('apply', await probeManifest(folder), '--wait');
    const [name = ''] = await nodesOf(desk, 'backend');
    const shell = openOnTerminal(desk, name);
    await shell.until(/\$ /);
    shell.type('stty size\r');
    await shell.until(/31 87/);
    const resize = spawn('stty', ['-F', await terminalOf(desk), 'rows', '17', 'cols', '91']);
    await new Promise((resolve) => resize.once('close', resolve));
    shell.type('until [ "$(stty size)" = "17 91" ]; do sleep 0.1; done; echo re""sized\r');
    await shell.until(/resized/);
    shell.type('sleep 54321\r');
    await until('sleep', () => desk.processes().some(({ commandLine }) => commandLine === 'sleep 54321'));
    shell.type('\u0003');
    await until('the end of sleep', () => !desk.processes().some(({ commandLine }) => commandLine === 'sleep 54321'));
    shell.type('\r~.');
    expect(await shell.ended()).toBe(0);
    expect(shell.shown()).toContain('Left;');
    await until('the end of the shell', () => inside(desk).length === 0);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
