import { chmod, copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openVault, removeVault, type Unlock, vaultProtection } from './index.ts';

const passphrase: Unlock = { kind: 'passphrase', passphrase: 'correct horse battery' };
const keyfile: Unlock = { kind: 'keyfile' };
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'vault-'));
});
afterEach(() => rm(directory, { recursive: true }));

const inDirectory = (name: string) => path.join(directory, name);

describe.each([passphrase, keyfile])('a vault under a $kind', (unlock) => {
  it('keeps secrets over its closing, and shows nothing but their names', async () => {
    {
      using vault = await openVault(directory, unlock);
      expect(vault.protection).toBe(unlock.kind);
      await vault.set('root.key', 'the key of the root');
      await vault.set('cloud/ec2', 'gläsern €');
      await vault.set('empty', '');
      await vault.set('gone', 'soon');
      await vault.delete('gone');
      await vault.delete('never there');
    }
    using vault = await openVault(directory, unlock);
    expect(await vault.list()).toEqual(['cloud/ec2', 'empty', 'root.key']);
    expect(await vault.get('root.key')).toBe('the key of the root');
    expect(await vault.get('cloud/ec2')).toBe('gläsern €');
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
