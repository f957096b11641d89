import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import type { CloudKind } from '../../remote/core/clouds/index.ts';
import { openVault } from '../vault/index.ts';
import { checkFields, credentialInfo, openCredentialStore } from './index.ts';

const kinds: readonly CloudKind[] = [
  {
    kind: 'test',
    title: 'Test cloud',
    description: 'For this test.',
    credentials: z.strictObject({
      user: z.string().min(1).meta({ title: 'User' }),
      password: z.string().min(1).meta({ title: 'Password', secret: true }),
    }),
  },
];

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'credentials-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test('credentials are kept in the vault, and shown without what is secret', async () => {
  using vault = await openVault(directory, { kind: 'passphrase', passphrase: 'long enough' });
  const store = openCredentialStore(vault, kinds);
  const added = await store.add({ name: 'work', kind: 'test', fields: { user: 'ann', password: 'hidden' } });
  await expect(store.add({ name: 'work', kind: 'test', fields: { user: 'ann', password: 'x' } })).rejects.toMatchObject(
    { code: 'conflict' },
  );
  expect(await store.get('work')).toEqual(added);
  expect(credentialInfo(added, kinds)).toMatchObject({ name: 'work', shown: { User: 'ann' } });
  expect(JSON.stringify(credentialInfo(added, kinds))).not.toContain('hidden');
  expect(credentialInfo(added, []).shown).toEqual({});
  await store.remove(added.id);
  expect(await store.list()).toEqual([]);
});

test('a key file is not enough for them', async () => {
  using vault = await openVault(directory, { kind: 'keyfile' });
  const store = openCredentialStore(vault, kinds);
  await expect(store.add({ name: 'work', kind: 'test', fields: { user: 'ann', password: 'x' } })).rejects.toMatchObject(
    { code: 'conflict', message: expect.stringContaining('keychain or a passphrase') },
  );
});

test.each<[string, string, unknown, object]>([
  ['an unknown kind', 'moon', {}, { message: expect.stringContaining('There are: test') }],
  [
    'a missing field',
    'test',
    { user: 'ann' },
    { failure: expect.objectContaining({ places: [expect.objectContaining({ path: 'password' })] }) },
  ],
  ['an unknown field', 'test', { user: 'a', password: 'b', more: 'c' }, { code: 'invalid_request' }],
])('%s is refused', (_what, kind, fields, expected) => {
  expect(() => checkFields(kind, fields, kinds)).toThrow(expect.objectContaining(expected));
});

test('this computer needs none', () => {
  expect(() => checkFields('local', {})).toThrow('needs no credentials');
});
