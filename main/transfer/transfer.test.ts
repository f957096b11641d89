import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDeploymentStore } from '../deploy/index.ts';
import { openVault, type Vault } from '../vault/index.ts';
import { testKeychain } from '../vault/keychain.fixture.ts';
import { exportEverything, importEverything, inspectExport } from './index.ts';

const passphrase = 'a passphrase for the file';
let directory: string;
let from: { vault: Vault; dataDirectory: string };
let to: { vault: Vault; dataDirectory: string };

async function desktop(name: string) {
  const dataDirectory = path.join(directory, name);
  return { dataDirectory, vault: await openVault(dataDirectory, { kind: 'keychain', keychain: testKeychain() }) };
}

beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'transfer-'));
  from = await desktop('from');
  to = await desktop('to');
  await from.vault.setAll(
    {
      'deployment/d-one/root': 'the root of one',
      'cloud/cred-a': JSON.stringify({ name: 'work', secret: 'k3y' }),
      shared: 'theirs',
    },
    false,
  );
  await openDeploymentStore(from.dataDirectory).findOrCreate('on-a-cloud', 'ann', { kind: 'test-cloud' });
  await openDeploymentStore(from.dataDirectory).findOrCreate('at-home', 'ann', { kind: 'local' });
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test('an export tells nothing without its passphrase, and shows what is in it before it is taken over', async () => {
  const text = await exportEverything(from, passphrase);
  expect(text).not.toMatch(/the root of one|k3y|on-a-cloud|cred-a/);
  expect(await inspectExport(to, text, passphrase)).toMatchObject({
    deployments: [
      { name: 'on-a-cloud', cloud: 'test-cloud', place: 'new' },
      { name: 'at-home', cloud: 'local', place: 'away' },
    ],
    credentials: ['work'],
    secrets: 3,
    missing: [],
  });
  expect(await to.vault.list()).toEqual([]);
  await expect(exportEverything(from, 'short')).rejects.toMatchObject({ code: 'invalid_request' });
});

test('merging keeps what is here; deployments of another computer stay there', async () => {
  await to.vault.set('shared', 'mine');
  await importEverything(to, await exportEverything(from, passphrase), passphrase, 'merge');
  expect(await to.vault.all()).toMatchObject({ shared: 'mine', 'deployment/d-one/root': 'the root of one' });
  const names = (await openDeploymentStore(to.dataDirectory).list()).map(({ name }) => name);
  expect(names).toEqual(['on-a-cloud']);
});

test('replacing takes what the file says, and refuses to lose a deployment', async () => {
  await to.vault.setAll({ shared: 'mine', other: 'x' }, false);
  const text = await exportEverything(from, passphrase);
  const here = await openDeploymentStore(to.dataDirectory).findOrCreate('here-only', 'ann', { kind: 'local' });
  await expect(importEverything(to, text, passphrase, 'replace')).rejects.toThrow('here-only would be out of reach');
  expect(await to.vault.get('shared')).toBe('mine');
  await openDeploymentStore(to.dataDirectory).remove(here.id);
  await importEverything(to, text, passphrase, 'replace');
  expect(await to.vault.get('shared')).toBe('theirs');
  expect(await to.vault.get('other')).toBeUndefined();
});

test.each<[string, (file: Record<string, unknown>) => unknown, string]>([
  ['another version', (file) => ({ ...file, version: 2 }), 'another version'],
  ['another kind of file', (file) => ({ ...file, format: 'conpaas-hand-over' }), 'is not an export'],
  ['a changed date', (file) => ({ ...file, createdAt: 1 }), 'was changed'],
  ['a cheaper passphrase', (file) => ({ ...file, scrypt: { ...(file['scrypt'] as object), n: 2 } }), 'was changed'],
  ['something else', () => ['x'], 'is not an export'],
])('refuses %s', async (_what, change, message) => {
  const file = JSON.parse(await exportEverything(from, passphrase)) as Record<string, unknown>;
  await expect(inspectExport(to, JSON.stringify(change(file)), passphrase)).rejects.toThrow(message);
});

test('refuses a wrong passphrase and a file that is no JSON', async () => {
  const file = path.join(directory, 'export');
  await writeFile(file, await exportEverything(from, passphrase));
  const text = await readFile(file, 'utf8');
  await expect(inspectExport(to, text, 'another passphrase')).rejects.toMatchObject({ code: 'unauthenticated' });
  await expect(inspectExport(to, text.slice(0, 40), passphrase)).rejects.toMatchObject({ code: 'invalid_request' });
});
