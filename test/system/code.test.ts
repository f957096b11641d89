/** Versions of the code, secrets and configuration of a PHP service, by the command. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { inspectArchive } from '../../remote/core/archive/index.ts';
import {
  CodeVersion,
  HistoryDifference,
  HistoryEntry,
  Operation,
  ServiceInfo,
} from '../../remote/core/contract/index.ts';
import { type Desk, openDesk } from './desk.ts';
import { ask, probeCode, probeManifest } from './probe.ts';

let desk: Desk;
let folder: string;
let address: string;

/** The secret as a page sees it. */
const key = async () => (await ask(address, '/environment?name=API_KEY')).environment;
const patient = { timeout: 30_000, interval: 200 };
const versions = () => desk.json(z.array(CodeVersion), 'code', 'list', 'Probe');

beforeAll(async () => {
  desk = await openDesk();
  folder = await mkdtemp(path.join(os.tmpdir(), 'conpaas-test-'));
  await desk.conpaas('up');
  const more = { Secrets: ['API_KEY'], Environment: { GREETING: 'good day' } };
  address = (await desk.conpaas('apply', await probeManifest(folder, { more }), '--wait')).trim();
});
afterAll(async () => {
  await desk[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

describe('code of a service', () => {
  it('is uploaded as a folder, and live when the command returns', async () => {
    const two = await probeCode(folder, 'two');
    expect(await desk.conpaas('code', 'upload', 'Probe', two, '--description', 'the second')).toContain('v2 is live');
    expect((await ask(address)).version).toBe('two');
    expect(await (await fetch(`${address}/static.txt`)).text()).toBe('two\n');
    expect(await versions()).toMatchObject([
      { id: 'v2', active: true, description: 'the second' },
      { id: 'v1', active: false },
    ]);
  });

  it('is uploaded without being made live, compared, and made live later', async () => {
    const three = await probeCode(folder, 'three');
    await writeFile(path.join(three, 'new.txt'), 'new\n');
    await desk.conpaas('code', 'upload', 'Probe', three, '--no-activate');
    expect((await ask(address)).version).toBe('two');
    const diff = await desk.conpaas('code', 'diff', 'Probe', 'v2', 'v3');
    expect(diff.trim().split('\n').sort()).toEqual(['+ new.txt', '~ static.txt', '~ version.php']);
    await desk.conpaas('code', 'activate', 'Probe', 'v3');
    expect((await ask(address)).version).toBe('three');
    expect(await (await fetch(`${address}/new.txt`)).text()).toBe('new\n');
  });

  it('is rolled back', async () => {
    expect(await desk.conpaas('code', 'rollback', 'Probe')).toContain('v2 is live');
    expect((await ask(address)).version).toBe('two');
    expect((await fetch(`${address}/new.txt`)).status).toBe(404);
  });

  it('is downloaded as it was uploaded', async () => {
    const output = path.join(folder, 'v3.tar.gz');
    await desk.conpaas('code', 'download', 'Probe', 'v3', '--output', output);
    const { files } = await inspectArchive(output);
    expect(files.map(({ path: name }) => name).sort()).toEqual(['index.php', 'new.txt', 'static.txt', 'version.php']);
    const again = await desk.run(['code', 'download', 'Probe', 'v3', '--output', output]);
    expect(again).toMatchObject({ code: 4, stderr: expect.stringContaining('--output') });
    expect((await readFile(output)).length).toBe((await versions()).find(({ id }) => id === 'v3')?.size);
  });

  it('is deleted, unless it is live', async () => {
    const refused = await desk.run(['code', 'delete', 'Probe', 'v2']);
    expect(refused.code).toBe(4);
    await desk.conpaas('code', 'delete', 'Probe', 'v3');
    expect((await versions()).map(({ id }) => id)).toEqual(['v2', 'v1']);
  });

  it('that does not work is refused with the engine’s own words, and the old version goes on', async () => {
    const broken = await probeCode(folder, 'broken');
    await writeFile(path.join(broken, 'version.php'), '<?php this is no PHP\n');
    const refused = await desk.run(['code', 'upload', 'Probe', broken]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/PHP Parse error|syntax error/);
    expect((await ask(address)).version).toBe('two');
    const listed = await versions();
    expect(listed.find(({ active }) => active)?.id).toBe('v2');
    expect(listed[0]?.refused?.message).toContain('/health answers');
  });
});

describe('what a service is given', () => {
  it('a secret reaches its pages, is changed, and is shown by nothing', async () => {
    expect((await ask(address, '/environment?name=API_KEY')).environment).toBe(false);
    for (const value of ['first value', 'second value']) {
      const set = await desk.run(['secret', 'set', 'Probe', 'API_KEY'], { input: `${value}\n` });
      expect(set).toMatchObject({ code: 0 });
      await expect.poll(key, patient).toBe(value);
    }
    const Secrets = z.array(z.object({ name: z.string(), usedBy: z.array(z.string()) }));
    expect(await desk.json(Secrets, 'secret', 'list', 'Probe')).toContainEqual({ name: 'API_KEY', usedBy: ['web'] });
    for (const words of [
      ['export', 'Probe'],
      ['app', 'show', 'Probe'],
      ['secret', 'list', 'Probe'],
      ['op', 'list'],
    ]) {
      expect(await desk.conpaas('--json', ...words)).not.toContain('second value');
    }
    await desk.conpaas('secret', 'delete', 'Probe', 'API_KEY');
    await expect.poll(key, patient).toBe(false);
  });

  it('environment and PHP configuration are changed while it serves', async () => {
    expect((await ask(address, '/environment?name=GREETING')).environment).toBe('good day');
    await desk.conpaas('service', 'configure', 'Probe', 'web', '--environment', 'GREETING=good night');
    expect((await ask(address, '/environment?name=GREETING')).environment).toBe('good night');
    await desk.conpaas('service', 'configure', 'Probe', 'web', 'memory_limit=64M', 'display_errors=On');
    const service = await desk.json(ServiceInfo, 'service', 'show', 'Probe', 'web');
    expect(service.configuration).toMatchObject({ memory_limit: '64M', display_errors: 'On' });
    const refused = await desk.run(['service', 'configure', 'Probe', 'web', 'memory_limit=lots']);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('memory_limit') });
  });
});

describe('the history of an application', () => {
  const history = () => desk.json(z.array(HistoryEntry), 'history', 'list', 'Probe');
  const newest = async () => (await history())[0]?.version ?? 0;
  const seen = async () => ({
    version: (await ask(address)).version,
    greeting: (await ask(address, '/environment?name=GREETING')).environment,
  });

  it('has each change once, with who and by which operation, and none that failed or was about nodes', async () => {
    const before = await history();
    expect(before.at(-1)).toMatchObject({ version: 1, kind: 'apply', changes: ['web: service added (php, code v1)'] });
    expect(before[0]).toMatchObject({ kind: 'set_configuration', title: 'Configure web' });
    expect(before.map(({ changes }) => changes)).toContainEqual(['web: code v1 → v2']);
    expect(new Set(before.map(({ by }) => by)).size).toBe(1);
    const { operation = '' } = before[0] ?? {};
    expect(await desk.json(Operation, 'op', 'show', operation)).toMatchObject({ id: operation, state: 'done' });
    await desk.conpaas('nodes', 'add', 'Probe', 'web', '--backend', '1');
    await desk.conpaas('nodes', 'remove', 'Probe', 'web', '--backend', '1');
    expect(await history()).toEqual(before);
  });

  it('tells any two versions apart, files too', async () => {
    const difference = await desk.json(HistoryDifference, 'history', 'diff', 'Probe', '1');
    expect(difference).toMatchObject({ from: 1, to: await newest(), missingSecrets: ['API_KEY'], kept: [] });
    expect(difference.changes).toMatchObject([
      {
        subject: 'code',
        from: { version: 'v1' },
        to: { version: 'v2' },
        files: { changed: expect.arrayContaining(['version.php']) },
      },
      { subject: 'configuration', key: 'display_errors', change: 'added' },
      { subject: 'configuration', key: 'memory_limit', change: 'added', to: '64M' },
      { subject: 'environment', key: 'GREETING', from: 'good day', to: 'good night' },
    ]);
  });

  it('is gone back in, code that was deleted and configuration together, and forth again', async () => {
    const now = await newest();
    await desk.conpaas('history', 'return', 'Probe', '1');
    expect(await seen()).toEqual({ version: 'one', greeting: 'good day' });
    expect((await history())[0]).toMatchObject({ version: now + 1, title: 'Return to version 1' });
    expect(await desk.json(HistoryDifference, 'history', 'diff', 'Probe', '1')).toMatchObject({ changes: [] });
    await desk.conpaas('code', 'delete', 'Probe', 'v2');
    await desk.conpaas('history', 'return', 'Probe', String(now));
    expect(await seen()).toEqual({ version: 'two', greeting: 'good night' });
    expect((await versions()).map(({ id, active }) => [id, active])).toContainEqual(['v2', true]);
  });

  it('that cannot be gone back in is as it was before: a version that needs a secret which is gone', async () => {
    await desk.run(['secret', 'set', 'Probe', 'API_KEY'], { input: 'value\n' });
    await expect.poll(key, patient).toBe('value');
    const keyed = await probeCode(folder, 'keyed');
    await writeFile(
      path.join(keyed, 'version.php'),
      "<?php const VERSION = 'keyed'; if (getenv('API_KEY') === false) { http_response_code(500); exit('no key'); }\n",
    );
    await desk.conpaas('code', 'upload', 'Probe', keyed);
    const wanted = String(await newest());
    await desk.conpaas('history', 'return', 'Probe', '1');
    await desk.conpaas('secret', 'delete', 'Probe', 'API_KEY');
    await expect.poll(key, patient).toBe(false);
    const before = await history();
    const refused = await desk.run(['history', 'return', 'Probe', wanted]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('The application is as it was before');
    expect(await seen()).toEqual({ version: 'one', greeting: 'good day' });
    expect(await history()).toEqual(before);
  });

  it('is kept by the director when the manager is replaced', async () => {
    const before = await history();
    const Started = z.object({ operation: z.string() });
    const { operation } = await desk.json(Started, 'call', 'director', 'replace_manager', '{"application":"Probe"}');
    await expect.poll(async () => (await desk.json(Operation, 'op', 'show', operation)).state, patient).toBe('done');
    expect(await history()).toEqual(before);
    await desk.conpaas('service', 'configure', 'Probe', 'web', 'memory_limit=96M');
    expect((await history())[0]).toMatchObject({ changes: ['web: configuration memory_limit added (96M)'] });
  });

  it('an application is duplicated with code and configuration', async () => {
    const twin = (await desk.conpaas('app', 'duplicate', 'Probe', 'Twin')).trim();
    expect(twin).not.toBe(address);
    expect((await ask(twin)).version).toBe('one');
    expect((await ask(twin, '/environment?name=GREETING')).environment).toBe('good day');
    const { configuration } = await desk.json(ServiceInfo, 'service', 'show', 'Twin', 'web');
    expect(configuration).toMatchObject({ memory_limit: '96M' });
  });
});

describe('scripts and nodes of a service', () => {
  it('a script is tried without consequences, and a node is replaced by a fresh one while it serves', async () => {
    const Tried = z.object({ ended: z.string(), code: z.number(), changed: z.array(z.string()), output: z.string() });
    const script = 'echo "$GREETING"; touch made';
    const tried = await desk.run(['--json', 'service', 'script', 'try', 'Probe', 'web'], { input: script });
    expect(Tried.parse(JSON.parse(tried.stdout))).toMatchObject({ ended: 'itself', code: 0, changed: ['made'] });
    const failing = await desk.run(['service', 'script', 'try', 'Probe', 'web'], { input: 'echo no; exit 7' });
    expect(failing).toMatchObject({ code: 1, stdout: 'no\n', stderr: expect.stringContaining('ended with code 7') });
    expect(await desk.conpaas('service', 'script', 'show', 'Probe', 'web')).toContain('has no startup script');

    const backends = async () => {
      const { nodes } = await desk.json(ServiceInfo, 'service', 'show', 'Probe', 'web');
      return nodes.filter(({ role }) => role === 'backend').map(({ id }) => id);
    };
    expect(await desk.conpaas('app', 'placement', 'Probe')).toBe('packed\n');
    await desk.conpaas('app', 'placement', 'Probe', 'spread');
    expect(JSON.parse(await desk.conpaas('export', 'Probe'))).toMatchObject({ Placement: 'spread' });

    const { version } = await ask(address);
    const [old = ''] = await backends();
    await desk.conpaas('nodes', 'replace', 'Probe', old);
    expect((await ask(address)).version).toBe(version);
    expect(await backends()).toEqual([expect.stringMatching(/^web-backend-\d+$/)]);
    expect(await backends()).not.toContain(old);
    const refused = await desk.run(['nodes', 'replace', 'Probe', 'web-proxy-1']);
    expect(refused).toMatchObject({ code: 4, stderr: expect.stringContaining('address of the application') });
  });
});
