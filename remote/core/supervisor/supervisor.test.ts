import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConpaasError } from '../contract/errors.ts';
import { createSupervisor, endRecorded, identify, listProcesses, readStat, recordedTrees, runOnce } from './index.ts';
import type { ProcessSpec, ProcessState } from './types.ts';

const isRoot = process.getuid?.() === 0;
const uid = 0x3fff0;
let home: string;
let states: { name: string; state: ProcessState }[];
const never = new AbortController().signal;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'supervisor-'));
  chmodSync(home, 0o700);
  mkdirSync(join(home, 'work'));
  if (isRoot) chownSync(join(home, 'work'), uid, uid);
  states = [];
});

afterEach(async () => {
  await endRecorded(join(home, 'records'));
  rmSync(home, { recursive: true });
});

function supervisor() {
  return createSupervisor({
    directory: join(home, 'records'),
    onChange: (name, state) => states.push({ name, state }),
  });
}

function spec(name: string, script: string, more: Partial<ProcessSpec> = {}): ProcessSpec {
  return {
    name,
    executable: '/bin/bash',
    arguments: ['-c', script],
    directory: join(home, 'work'),
    environment: {},
    ready: { kind: 'none' },
    stop: { signal: 'SIGTERM', timeoutMs: 3_000 },
    log: { path: join(home, 'log', `${name}.log`), maxBytes: 1_000_000, keep: 2 },
    restart: { firstMs: 10, maxMs: 50, limit: 3, windowMs: 10_000 },
    ...more,
  };
}

const contained = (): Partial<ProcessSpec> => ({ uid, sandbox: { writable: [join(home, 'work')], readable: [] } });

async function until(what: string, condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`never: ${what}`);
    await delay(10);
  }
}

/** Living processes whose command line begins with a text. */
function withCommand(text: string): number[] {
  return listProcesses()
    .filter(({ pid }) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').startsWith(text);
      } catch {
        return false; // gone
      }
    })
    .map(({ pid }) => pid);
}

const logOf = (name: string) => readFileSync(join(home, 'log', `${name}.log`), 'utf8');

describe('starting and stopping', () => {
  test('a process in a session of its own, with output on its log and a record', async () => {
    await using supervised = supervisor();
    const child = await supervised.start(spec('one', 'echo out; echo error >&2; exec sleep 1000.01'));
    await child.ready(never);
    expect(child.state.kind).toBe('running');
    const pid = child.state.kind === 'running' ? child.state.pid : 0;
    expect(readStat(pid)).toMatchObject({ session: pid, group: pid });
    await until('output', () => logOf('one').includes('error'));
    expect(logOf('one')).toBe('out\nerror\n');
    await child.stop();
    await child.stop();
    expect(identify(pid)).toBeUndefined();
    expect(child.state.kind).toBe('stopped');
  });

  test('ready waits for the probe; an engine that never answers is a failure that names it', async () => {
    const server = createServer((_request, response) => response.writeHead(500).end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await using supervised = supervisor();
    const child = await supervised.start(
      spec('probed', 'echo waiting; exec sleep 1000.02', {
        ready: { kind: 'http', host: '127.0.0.1', port, path: '/', timeoutMs: 200 },
        restart: { firstMs: 10, maxMs: 10, limit: 0, windowMs: 10_000 },
      }),
    );
    await expect(child.ready(never)).rejects.toMatchObject({
      failure: { code: 'engine_failed', message: expect.stringContaining('within 0.2 s'), log: ['waiting'] },
    });
    expect(withCommand('sleep 1000.02')).toEqual([]);
    server.close();
  });

  test('graceful stop runs the handler; who ignores the signal is killed with all its children', async () => {
    await using supervised = supervisor();
    const polite = await supervised.start(
      spec('polite', 'trap "echo bye; exit 0" TERM; echo up; while :; do sleep 0.05; done'),
    );
    await until('handler', () => logOf('polite').includes('up'));
    await polite.stop();
    expect(logOf('polite')).toContain('bye');
    const stubborn = await supervised.start(
      spec('stubborn', 'trap "" TERM; sleep 1000.03 & setsid sleep 1000.03 & echo up; wait', {
        stop: { signal: 'SIGTERM', timeoutMs: 100 },
      }),
    );
    await until('children', () => withCommand('sleep 1000.03').length === 2);
    await stubborn.stop();
    expect(withCommand('sleep 1000.03')).toEqual([]);
  });

  test('a crash loop ends in failed, with the last lines of this engine', async () => {
    await using supervised = supervisor();
    const child = await supervised.start(spec('crashing', 'echo "cannot open port 80"; exit 7'));
    await until('failed', () => child.state.kind === 'failed');
    const error = await child.ready(never).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConpaasError);
    expect((error as ConpaasError).failure).toEqual({
      code: 'engine_failed',
      message: 'crashing ended with exit code 7.',
      retry: true,
      log: ['cannot open port 80'],
    });
    expect(child.restarts).toBe(3);
    expect(states.filter(({ state }) => state.kind === 'backing_off')).toHaveLength(3);
  });

  test('what is not installed fails at once', async () => {
    await using supervised = supervisor();
    const child = await supervised.start(spec('missing', '', { executable: '/usr/bin/no-such-engine' }));
    await expect(child.ready(never)).rejects.toMatchObject({ failure: { code: 'missing_package' } });
  });

  test('a killed process is restarted, its orphaned children ended first', async () => {
    await using supervised = supervisor();
    const child = await supervised.start(spec('master', 'sleep 1000.04 & echo up; wait'));
    await until('worker', () => withCommand('sleep 1000.04').length === 1);
    const [worker] = withCommand('sleep 1000.04');
    const pid = child.state.kind === 'running' ? child.state.pid : 0;
    expect([...recordedTrees(join(home, 'records'))].sort()).toEqual([pid, worker].sort());
    process.kill(pid, 'SIGKILL');
    await until('restart', () => child.restarts === 1 && child.state.kind === 'running');
    expect(identify(worker ?? 0)).toBeUndefined();
  });

  test('a failing health check restarts it', async () => {
    let healthy = true;
    await using supervised = supervisor();
    const child = await supervised.start(
      spec('sick', 'exec sleep 1000.05', {
        health: {
          probe: { kind: 'custom', check: async () => healthy, timeoutMs: 100 },
          everyMs: 20,
          failures: 2,
        },
      }),
    );
    await child.ready(never);
    healthy = false;
    await until('restart', () => child.restarts === 1);
    healthy = true;
    expect(states.map(({ state }) => ('failure' in state ? state.failure.code : ''))).toContain('health_check_failed');
  });
});

describe('after our death', () => {
  /** A process of its own that supervises one `sleep` and tells the states; killed with -9 by the test. */
  async function supervisingChild(seconds: string, sandboxed: boolean) {
    const file = join(home, 'child.ts');
    const child = spec('kept', `echo up; exec sleep ${seconds}`, sandboxed ? contained() : {});
    writeFileSync(
      file,
      `import { createSupervisor } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))};
       const supervisor = createSupervisor({ directory: ${JSON.stringify(join(home, 'records'))}, onChange: () => {} });
       const kept = await supervisor.start(${JSON.stringify(child)});
       await kept.ready(new AbortController().signal);
       console.log(kept.state.pid);
       setInterval(() => {}, 1000);`,
    );
    const running = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await once(createInterface(running.stdout), 'line');
    const exited = once(running, 'exit');
    running.kill('SIGKILL');
    await exited;
    return { pid: Number(line), child };
  }

  test.each([false, true])('the same specification is adopted (sandboxed: %s)', async (sandboxed) => {
    const { pid, child } = await supervisingChild('1000.06', sandboxed);
    expect(readStat(pid)).toBeDefined();
    await using supervised = supervisor();
    const kept = await supervised.start(child);
    await kept.ready(never);
    expect(kept.state).toMatchObject({ kind: 'running', pid, adopted: true });
    await supervised.endLeftovers();
    expect(readStat(pid)).toBeDefined();
    process.kill(pid, 'SIGKILL');
    await until('restart', () => kept.restarts === 1 && kept.state.kind === 'running');
    expect(states.map(({ state }) => ('failure' in state ? state.failure.message : ''))).toContainEqual(
      expect.stringContaining('exit code is unknown'),
    );
    await kept.stop();
    expect(withCommand('sleep 1000.06')).toEqual([]);
  });

  test('another specification replaces it', async () => {
    const { pid, child } = await supervisingChild('1000.07', false);
    await using supervised = supervisor();
    const kept = await supervised.start({ ...child, environment: { NEW: '1' } });
    await kept.ready(never);
    expect(identify(pid)).toBeUndefined();
    expect(kept.state).toMatchObject({ kind: 'running', adopted: false });
    await kept.stop();
  });

  test('what nobody claims is ended', async () => {
    const { pid } = await supervisingChild('1000.08', true);
    await using supervised = supervisor();
    await supervised.endLeftovers();
    expect(identify(pid)).toBeUndefined();
    expect(withCommand('sleep 1000.08')).toEqual([]);
  });

  test('endRecorded ends all of a directory', async () => {
    const { pid } = await supervisingChild('1000.09', true);
    await endRecorded(join(home, 'records'));
    expect(identify(pid)).toBeUndefined();
    expect(withCommand('sleep 1000.09')).toEqual([]);
  });
});

describe('contained', () => {
  test("a killed master's sandbox ends with it; killing bubblewrap alone changes nothing", async () => {
    await using supervised = supervisor();
    const child = await supervised.start(spec('boxed', 'setsid sleep 1000.11 & echo up; wait', contained()));
    await until('worker', () => withCommand('sleep 1000.11').length === 1);
    const [worker = 0] = withCommand('sleep 1000.11');
    const pid = child.state.kind === 'running' ? child.state.pid : 0;
    const outer = readStat(pid)?.parent ?? 0;
    process.kill(outer, 'SIGKILL');
    await until('outer gone', () => identify(outer) === undefined);
    expect(child.state).toMatchObject({ kind: 'running', pid });
    process.kill(pid, 'SIGKILL');
    await until('restart', () => child.restarts === 1 && child.state.kind === 'running');
    expect(identify(worker)).toBeUndefined();
    await child.stop();
    expect(withCommand('sleep 1000.11')).toEqual([]);
  });

  test('it sees no file of ours and no process outside', async () => {
    const secret = join(home, 'key.pem');
    writeFileSync(secret, 'secret', { mode: 0o600 });
    const result = await runOnce(
      {
        executable: '/bin/bash',
        arguments: [
          '-c',
          `cat ${secret}; cat /proc/${process.pid}/environ; ls ${home}; kill -0 ${process.pid}; echo mine > own; cat own
           ls /proc | grep -c '^[0-9]*$'; id -u; cat /etc/shadow; grep CapEff /proc/self/status; ls /etc/php; touch /usr/x`,
        ],
        directory: join(home, 'work'),
        environment: {},
        ...contained(),
        records: join(home, 'records'),
        log: join(home, 'log', 'script.log'),
        timeoutMs: 10_000,
      },
      never,
    );
    const text = readFileSync(join(home, 'log', 'script.log'), 'utf8');
    expect(text).not.toContain('secret');
    expect(text).toContain(`cat: ${secret}: No such file`);
    expect(text).toContain(`cat: /proc/${process.pid}/environ: No such file`);
    expect(text).toMatch(/kill: \(\d+\) - No such process/);
    expect(text).toContain('\nwork\nmine\n'.replace('work\n', '').trim());
    expect(text).toContain(`\n${isRoot ? uid : process.getuid?.()}\n`);
    expect(text).toContain('CapEff:\t0000000000000000');
    expect(text).toContain('cat: /etc/shadow: No such file');
    expect(text).toMatch(/touch: cannot touch '\/usr\/x'/);
    expect(result.code).toBe(1);
  });

  test.runIf(isRoot)('an unprivileged engine may bind a low port where it is allowed to, and only then', async () => {
    const script = `import { createServer } from 'node:net';
      createServer().on('error', (e) => { console.log(e.code); process.exit(1); }).listen(81, '127.77.51.9', () => process.exit(0));`;
    const bind = (lowPorts: boolean) => ({
      ...spec('low', '', contained()),
      executable: process.execPath,
      arguments: ['--input-type=module', '-e', script],
      lowPorts,
      sandbox: { writable: [], readable: [process.execPath] },
      directory: '/tmp',
      restart: { firstMs: 10, maxMs: 10, limit: 0, windowMs: 1000 },
      ready: { kind: 'custom', check: async () => false, timeoutMs: 10_000 } as const,
    });
    await using supervised = supervisor();
    const refused = await (await supervised.start(bind(false))).ready(never).catch((error: ConpaasError) => error);
    expect(refused).toMatchObject({ failure: { message: 'low ended with exit code 1.', log: ['EACCES'] } });
    const allowed = await (await supervised.start(bind(true))).ready(never).catch((error: ConpaasError) => error);
    expect(allowed).toMatchObject({ failure: { message: 'low ended with exit code 0.' } });
  });

  test.runIf(isRoot)(
    'the environment of an engine, where passwords are, is read by root and its own user alone',
    async () => {
      const secret = 'the-password-of-a-database';
      await using supervised = supervisor();
      const ready = join(home, 'work', 'ready');
      const child = await supervised.start(
        spec('environment', `: > ${ready}; sleep 60 & wait`, { ...contained(), environment: { DB_PASSWORD: secret } }),
      );
      await until('the engine', () => existsSync(ready));
      const files = listProcesses().map((one) => `/proc/${one.pid}/environ`);
      const withSecret = files.filter((file) => {
        try {
          return readFileSync(file, 'utf8').includes(secret);
        } catch {
          return false; // it has just ended
        }
      });
      expect(withSecret.length).toBeGreaterThan(1); // the sandbox and what runs in it
      const readBy = (user: number): string =>
        spawnSync('setpriv', [`--reuid=${user}`, `--regid=${user}`, '--clear-groups', 'cat', ...withSecret], {
          encoding: 'utf8',
        }).stdout;
      expect(readBy(uid)).toContain(secret); // the engine's own user: its code has the password anyway
      expect([readBy(uid + 1), readBy(65534)]).toEqual(['', '']);
      await child.stop();
    },
  );

  test('kill -9 of a PHP-FPM master leaves no worker', async () => {
    const work = join(home, 'work');
    writeFileSync(
      join(work, 'fpm.conf'),
      `[global]\nerror_log=/dev/stderr\ndaemonize=no\n[www]\nlisten=${work}/fpm.sock\npm=static\npm.max_children=3\n`,
    );
    await using supervised = supervisor();
    const child = await supervised.start({
      ...spec('fpm', '', contained()),
      executable: '/usr/sbin/php-fpm8.2',
      arguments: ['-y', join(work, 'fpm.conf'), '-c', '/etc/php/8.2/fpm/php.ini'],
      ready: { kind: 'unix', path: join(work, 'fpm.sock'), timeoutMs: 5_000 },
      stop: { signal: 'SIGQUIT', timeoutMs: 3_000 },
    });
    await child.ready(never);
    const pid = child.state.kind === 'running' ? child.state.pid : 0;
    const living = () => listProcesses().filter(({ parent }) => parent === pid);
    await until('three workers', () => living().length === 3); // it listens before it has made them
    const workers = living();
    process.kill(pid, 'SIGKILL');
    await until('restart', () => child.restarts === 1 && child.state.kind === 'running');
    for (const worker of workers) expect(identify(worker.pid)).toBeUndefined();
    await child.stop();
  });

  test.runIf(isRoot)('the same holds for an agent that is an ordinary user', async () => {
    // The user must be able to read the program and this repository's modules.
    const work = mkdtempSync(join(tmpdir(), 'ordinary-'));
    chownSync(work, uid, uid);
    const file = join(work, 'ordinary.ts');
    writeFileSync(join(work, 'secret'), 'very secret');
    writeFileSync(
      file,
      `import { runOnce } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))};
       import { mkdirSync } from 'node:fs';
       mkdirSync('${work}/role');
       const result = await runOnce({ executable: '/bin/bash', directory: '${work}/role', environment: {}, uid: 77,
         arguments: ['-c', 'cat ${work}/secret; cat /proc/' + process.pid + '/environ; id -u; kill -0 ' + process.pid],
         sandbox: { writable: ['${work}/role'], readable: [] }, records: '${work}/records', log: '${work}/log/script.log',
         timeoutMs: 5000 }, new AbortController().signal);
       console.log(JSON.stringify(result));`,
    );
    const child = spawn('setpriv', [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', process.execPath, file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    for await (const data of child.stdout) output += data;
    const result = JSON.parse(output);
    expect(result.lastLines).toEqual([
      `cat: ${work}/secret: No such file or directory`,
      expect.stringMatching(/cat: \/proc\/\d+\/environ: No such file/),
      String(uid),
      expect.stringContaining('No such process'),
    ]);
    rmSync(work, { recursive: true });
  });
});

describe('runOnce', () => {
  const run = (script: string, more: object = {}, signal = never) =>
    runOnce(
      {
        executable: '/bin/bash',
        arguments: ['-c', script],
        directory: join(home, 'work'),
        environment: {},
        records: join(home, 'records'),
        log: join(home, 'log', 'run.log'),
        timeoutMs: 10_000,
        ...more,
      },
      signal,
    );

  test('tells exit code and last lines of this run only', async () => {
    await run('echo earlier');
    expect(await run('echo one; echo two; exit 3')).toEqual({ code: 3, ended: 'itself', lastLines: ['one', 'two'] });
  });

  test('time, output and the caller end it with all its children', async () => {
    expect(await run('setsid sleep 1000.21 & sleep 1000.21', { timeoutMs: 300 })).toMatchObject({ ended: 'timeout' });
    expect(await run('yes', { maxLogBytes: 100_000 })).toMatchObject({ ended: 'too_much_output' });
    const abort = new AbortController();
    const running = run('setsid sleep 1000.21 & sleep 1000.21', contained(), abort.signal);
    await until('child', () => withCommand('sleep 1000.21').length > 0);
    abort.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    expect(withCommand('sleep 1000.21')).toEqual([]);
  });
});
