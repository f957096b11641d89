/**
 * Credentials at a director, which is a process of its own here: what it keeps of them, and where. In place of EC2 there
 * is a stand-in of its API that knows two keys, of which it refuses one.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { filesOf, found, huntFiles, huntProcesses, seenProcesses } from '../../test/support/hunt.ts';
import { directorMethods, UserName, VmId } from '../core/contract/index.ts';
import { createTrust, type Trust } from '../core/identity/fixtures.ts';
import { createRequest, generateKey } from '../core/identity/index.ts';
import { type Client, connect } from '../core/rpc/index.ts';

const host = '127.77.9.6';
const good = { accessKeyId: 'AKIAGOODGOODGOOD', secretAccessKey: 'good/Secret+of=this"test', region: 'eu-west-1' };
const refused = { accessKeyId: 'AKIABADBADBADBAD', secretAccessKey: 'refused/Secret+of=this"test' };
const secrets = { good: good.secretAccessKey, refused: refused.secretAccessKey, id: good.accessKeyId };

let trust: Trust;
let home: string;
let api: http.Server;
let signedBy: string[];
let child: ChildProcess | undefined;
let output: string;
let client: Client<typeof directorMethods> | undefined;

beforeAll(async () => {
  trust = await createTrust('d-one');
  signedBy = [];
  api = http.createServer((request, response) => {
    const key = /Credential=([A-Z0-9]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? 'none';
    signedBy.push(key);
    request.resume();
    const error = '<Response><Errors><Error><Code>AuthFailure</Code><Message>No.</Message></Error></Errors></Response>';
    response.writeHead(key === good.accessKeyId ? 200 : 401, { 'content-type': 'text/xml' });
    response.end(key === good.accessKeyId ? '<DescribeInstancesResponse/>' : error);
  });
  await new Promise<void>((resolve) => api.listen(0, host, resolve));
  await makeHome();
});
afterAll(async () => {
  await end();
  await rm(home, { recursive: true, force: true });
  await new Promise((resolve) => api.close(resolve));
});

async function makeHome(): Promise<void> {
  home = await mkdtemp(path.join(os.tmpdir(), 'conpaas-access-'));
  await mkdir(path.join(home, 'identity'), { mode: 0o700 });
  await writeFile(path.join(home, 'identity/intermediate.key'), trust.intermediateKey, { mode: 0o600 });
  await writeFile(path.join(home, 'identity/intermediate.pem'), trust.intermediate);
  const endpoint = `http://${host}:${(api.address() as { port: number }).port}`;
  const settings = { region: good.region, endpoint, deployment: trust.deployment };
  const bootstrap = {
    ...{ kind: 'director', deployment: trust.deployment, address: host, vm: VmId.parse('vm-director') },
    ...{ owner: 'ann', roots: [trust.root.certificate], port: 0, cloud: { kind: 'ec2', settings, lent: true } },
  };
  await writeFile(path.join(home, 'bootstrap.json'), JSON.stringify(bootstrap));
}

/** As a host does it, until it serves. */
async function start(): Promise<Client<typeof directorMethods>> {
  const file = path.join(home, 'director.json');
  await rm(file, { force: true });
  output = '';
  child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'remote/director/main.ts', home], {
    env: { HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => (output += data.toString()));
  const serving = () => readFile(file, 'utf8').catch(() => undefined);
  await expect.poll(serving, { timeout: 20_000 }).toBeDefined();
  const { port } = JSON.parse((await serving()) ?? '') as { port: number };
  const credentials = await trust.credentials(trust.identities.user);
  const expected = trust.identities.director;
  client = connect(directorMethods, { address: { host, port }, expect: expected, credentials: () => credentials });
  return client;
}

async function end(): Promise<void> {
  await client?.[Symbol.asyncDispose]();
  client = undefined;
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

test('credentials come once the director serves, are tried, and are nowhere in the clear', async () => {
  const director = await start();
  expect(await director.call('get_cloud_access', {})).toEqual([{ cloud: 'ec2', access: 'none' }]);
  expect((await director.call('list_machines', {})).failures).toMatchObject([
    { cloud: 'ec2', message: expect.stringContaining('conpaas cloud lend') },
  ]);

  await expect(director.call('lend_credentials', { cloud: 'ec2', credentials: refused })).rejects.toMatchObject({
    code: 'unauthenticated',
  });
  expect(signedBy).toContain(refused.accessKeyId);
  expect(await director.call('get_cloud_access', {})).toMatchObject([{ access: 'none' }]);

  // What this account can do is not all that is needed; that they are right is.
  await director.call('lend_credentials', { cloud: 'ec2', credentials: good });
  const access = await director.call('get_cloud_access', {});
  expect(access).toMatchObject([{ cloud: 'ec2', access: 'credentials' }]);
  signedBy.length = 0;
  expect(await director.call('list_machines', {})).toEqual({ machines: [], failures: [] });
  expect(new Set(signedBy)).toEqual(new Set([good.accessKeyId]));

  const answers = await Promise.all([
    director.call('get_status', {}),
    director.call('list_clouds', {}),
    director.call('list_offers', {}),
    director.call('list_quotas', {}),
    director.call('list_audit', { limit: 500 }),
  ]);
  expect(JSON.stringify(answers)).toContain('lend_credentials');
  expect(found(JSON.stringify([access, ...answers]), secrets)).toEqual([]);
  expect(found(output, secrets)).toEqual([]);
  expect(huntProcesses(seenProcesses([child?.pid ?? 0]), secrets)).toEqual([]);
  const files = await filesOf(home);
  expect(files.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['director.db', 'director.db-wal', 'audit.db', 'bootstrap.json', 'secrets.key']),
  );
  expect(huntFiles(files, secrets)).toEqual([]);
  // This hunt would have found them.
  expect(huntFiles(files, { region: good.region })).toEqual(['region in bootstrap.json']);
});

test('nobody but the owner lends any, and only for the cloud that the director has', async () => {
  const director = client;
  if (!director) throw new Error('it serves');
  await expect(director.call('lend_credentials', { cloud: 'local', credentials: good })).rejects.toMatchObject({
    code: 'not_found',
  });
  const key = await generateKey();
  const csr = await createRequest(key);
  await director.call('add_user', { name: 'bob', csr, device: 'laptop' });
  const { port } = JSON.parse(await readFile(path.join(home, 'director.json'), 'utf8')) as { port: number };
  const bob = await trust.credentials({ kind: 'user', deployment: trust.deployment, name: UserName.parse('bob') });
  await using his = connect(directorMethods, {
    address: { host, port },
    expect: trust.identities.director,
    credentials: () => bob,
  });
  await expect(his.call('lend_credentials', { cloud: 'ec2', credentials: good })).rejects.toMatchObject({
    code: 'forbidden',
  });
});

test('they outlive the director, and without the key file the journal is no help', async () => {
  await end();
  const again = await start();
  expect(await again.call('get_cloud_access', {})).toMatchObject([{ access: 'credentials' }]);
  signedBy.length = 0;
  await again.call('list_machines', {});
  expect(new Set(signedBy)).toEqual(new Set([good.accessKeyId]));
  await end();

  // A copy of the journal, at a director with another key.
  await rm(path.join(home, 'secrets.key'));
  const other = await start();
  expect(await other.call('get_cloud_access', {})).toMatchObject([{ access: 'none' }]);
  expect((await other.call('list_machines', {})).failures).toMatchObject([
    { message: expect.stringContaining('cannot be opened') },
  ]);
  await other.call('lend_credentials', { cloud: 'ec2', credentials: good });
  expect(await other.call('get_cloud_access', {})).toMatchObject([{ access: 'credentials' }]);
});
