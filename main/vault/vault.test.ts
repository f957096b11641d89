import { chmod, copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openVault, removeVault, type Unlock, vaultProtection } from './index.ts';
import { testKeychain } from './keychain.fixture.ts';

const passphrase: Unlock = { kind: 'passphrase', passphrase: 'correct horse battery' };
const keyfile: Unlock = { kind: 'keyfile' };
const keychain: Unlock = { kind: 'keychain', keychain: testKeychain() };
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'vault-'));
});
afterEach(() => rm(directory, { recursive: true }));

const inDirectory = (name: string) => path.join(directory, name);

describe.each([passphrase, keyfile, keychain])('a vault under a $kind', (unlock) => {
  it('keeps secrets over its closing, and shows nothing but their names', async () => {
    {
      using vault = await openVault(directory, unlock);
      expect(vault.protection).toBe(unlock.kind);
      await vault.set('root.key', 'the key of the root');
      await vault.set('odd/ec2', 'gläsern €');
      await vault.set('empty', '');
      await vault.set('gone', 'soon');
      await vault.delete('gone');
      await vault.delete('never there');
    }
    using vault = await openVault(directory, unlock);
    expect(await vault.list()).toEqual(['empty', 'odd/ec2', 'root.key']);
    expect(await vault.get('root.key')).toBe('the key of the root');
    expect(await vault.get('odd/ec2')).toBe('gläsern €');
    expect(await vault.get('empty')).toBe('');
    expect(await vault.get('gone')).toBeUndefined();
    expect(await vault.get('constructor')).toBeUndefined();
    expect(await vaultProtection(directory)).toBe(unlock.kind);
    for (const name of await readdir(directory)) {
      expect((await stat(inDirectory(name))).mode & 0o077, name).toBe(0);
      expect(await readFile(inDirectory(name), 'utf8')).not.toMatch(/the key of the root|correct horse/);
    }
    expect(await readdir(directory)).toEqual(unlock.kind === 'keyfile' ? ['vault.json', 'vault.key'] : ['vault.json']);
  });

  it('is shared: several see what the others write, and no write is lost', async () => {
    using one = await openVault(directory, unlock);
    using two = await openVault(directory, unlock);
    await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? one : two).set(`name-${i}`, `value ${i}`)));
    expect(await one.list()).toHaveLength(20);
    expect(await two.get('name-1')).toBe('value 1');
    expect(await one.get('name-2')).toBe('value 2');
  });

  it('notices a changed, swapped or renamed entry', async () => {
    using vault = await openVault(directory, unlock);
    await vault.set('a', 'one');
    await vault.set('b', 'two');
    const content = JSON.parse(await readFile(inDirectory('vault.json'), 'utf8'));
    content.entries = { ...content.entries, a: content.entries.b, c: { ...content.entries.a, tag: 'AAAA' } };
    await writeFile(inDirectory('vault.json'), JSON.stringify(content));
    await expect(vault.get('a')).rejects.toThrow('The secret a in the vault is damaged');
    await expect(vault.get('c')).rejects.toThrow('damaged');
    expect(await vault.get('b')).toBe('two');
  });
});

it('says so when the passphrase is wrong, or too short', async () => {
  (await openVault(directory, passphrase))[Symbol.dispose]();
  await expect(openVault(directory, { kind: 'passphrase', passphrase: 'incorrect horse' })).rejects.toMatchObject({
    code: 'unauthenticated',
    message: 'This is not the passphrase of the vault. Try again.',
  });
  await removeVault(directory);
  expect(await vaultProtection(directory)).toBeUndefined();
  await expect(openVault(directory, { kind: 'passphrase', passphrase: 'short' })).rejects.toMatchObject({
    code: 'invalid_request',
  });
  expect(await readdir(directory)).toEqual([]);
});

it('says so when it is protected the other way', async () => {
  (await openVault(directory, passphrase))[Symbol.dispose]();
  await expect(openVault(directory, keyfile)).rejects.toMatchObject({ code: 'conflict' });
  await removeVault(directory);
  (await openVault(directory, keyfile))[Symbol.dispose]();
  await expect(openVault(directory, passphrase)).rejects.toMatchObject({ code: 'conflict' });
});

it('does not use a key file that others may read, another one, or none', async () => {
  (await openVault(directory, keyfile))[Symbol.dispose]();
  const key = inDirectory('vault.key');
  await chmod(key, 0o644);
  await expect(openVault(directory, keyfile)).rejects.toMatchObject({
    code: 'forbidden',
    message: expect.stringContaining('chmod 600'),
  });
  await chmod(key, 0o600);
  await copyFile(key, inDirectory('copy'));
  await writeFile(key, Buffer.alloc(32, 7).toString('base64'));
  await expect(openVault(directory, keyfile)).rejects.toMatchObject({ code: 'unauthenticated' });
  await writeFile(key, 'short');
  await expect(openVault(directory, keyfile)).rejects.toThrow('is not a key file');
  await rm(key);
  await expect(openVault(directory, keyfile)).rejects.toThrow('is missing');
  await copyFile(inDirectory('copy'), key);
  await chmod(key, 0o600);
  (await openVault(directory, keyfile))[Symbol.dispose]();
});

it('changes its protection: old keys open nothing, other processes have to unlock again', async () => {
  using vault = await openVault(directory, keyfile);
  using other = await openVault(directory, keyfile);
  await vault.set('a', 'one');
  const before = await readFile(inDirectory('vault.json'), 'utf8');
  await vault.protect(passphrase);
  expect(vault.protection).toBe('passphrase');
  expect(await vault.get('a')).toBe('one');
  expect(await readdir(directory)).toEqual(['vault.json']);
  await expect(other.get('a')).rejects.toMatchObject({ code: 'unauthenticated' });
  await expect(other.set('b', 'two')).rejects.toMatchObject({ code: 'unauthenticated' });
  await expect(openVault(directory, keyfile)).rejects.toMatchObject({ code: 'conflict' });

  const next: Unlock = { kind: 'passphrase', passphrase: 'another passphrase' };
  await vault.protect(next);
  await expect(openVault(directory, passphrase)).rejects.toMatchObject({ code: 'unauthenticated' });
  using again = await openVault(directory, next);
  expect(await again.get('a')).toBe('one');
  const after = JSON.parse(await readFile(inDirectory('vault.json'), 'utf8'));
  expect(after.entries.a.data).not.toBe(JSON.parse(before).entries.a.data);
});

it('refuses names that would not be what they seem', async () => {
  using vault = await openVault(directory, keyfile);
  for (const name of ['', '__proto__', 'a b', '../x']) {
    await expect(vault.set(name, 'x')).rejects.toMatchObject({ code: 'invalid_request' });
  }
});

it('cannot be used after it was closed', async () => {
  const vault = await openVault(directory, keyfile);
  vault[Symbol.dispose]();
  await expect(vault.set('a', 'one')).rejects.toMatchObject({ code: 'unauthenticated' });
});

it('is of one keychain: another one opens nothing, and the key of another vault is refused', async () => {
  (await openVault(directory, keychain))[Symbol.dispose]();
  const other: Unlock = { kind: 'keychain', keychain: testKeychain() };
  await expect(openVault(directory, other)).rejects.toMatchObject({ code: 'unauthenticated' });
  await expect(openVault(directory, keyfile)).rejects.toMatchObject({ code: 'conflict' });
  const second = inDirectory('second');
  (await openVault(second, keychain))[Symbol.dispose]();
  const [mine, theirs] = await Promise.all(
    [directory, second].map(async (one) => JSON.parse(await readFile(path.join(one, 'vault.json'), 'utf8'))),
  );
  await writeFile(inDirectory('vault.json'), JSON.stringify({ ...mine, protection: theirs.protection }));
  await expect(openVault(directory, keychain)).rejects.toThrow('not the key of this vault');
});

it('takes the credential of a cloud only where more than a key file protects it', async () => {
  using vault = await openVault(directory, keyfile);
  await expect(vault.set('cloud/one', 'x')).rejects.toMatchObject({ code: 'conflict' });
  await expect(vault.setAll({ a: 'x', 'cloud/one': 'x' }, false)).rejects.toMatchObject({ code: 'conflict' });
  expect(await vault.list()).toEqual([]);
  await vault.protect(keychain);
  await vault.set('cloud/one', 'x');
  await expect(vault.protect(keyfile)).rejects.toMatchObject({ code: 'conflict' });
  expect(vault.protection).toBe('keychain');
  await vault.protect(passphrase);
  expect(await vault.all()).toEqual({ 'cloud/one': 'x' });
});

it('sets several at once, beside what is there or in place of it', async () => {
  using vault = await openVault(directory, passphrase);
  await vault.setAll({ a: '1', b: '2' }, false);
  await vault.setAll({ b: '3', c: '4' }, false);
  expect(await vault.all()).toEqual({ a: '1', b: '3', c: '4' });
  await vault.setAll({ c: '5' }, true);
  expect(await vault.all()).toEqual({ c: '5' });
});
