import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openVault } from '../../vault/index.ts';
import { openVaultKeeper } from '../vault/keeper.ts';
import { Documents, type NewDocument } from './documents.ts';
import { sealedFiles } from './sealed-files.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'documents-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const vault = () => openVault(home, { kind: 'keyfile' });
const drafts = () => path.join(home, 'drafts');
/** As after the hub was started again. */
const hub = () => new Documents(sealedFiles(drafts(), vault));
const file = () => path.join(home, 'shop.json');

const text: NewDocument = { name: 'New', origin: { from: 'text' }, text: '{"Application": "a"}' };
const fileDocument = (content: string): NewDocument => ({
  name: 'shop.json',
  origin: { from: 'file', path: file() },
  folder: home,
  text: content,
});

test('what was kept is there in the next hub, and nobody else can read it', async () => {
  const { id, restored } = await hub().open(text);
  expect(restored).toBe(false);
  await hub().keep(id, { text: 'half a thought' });
  expect(await hub().read(id)).toMatchObject({
    text: 'half a thought',
    base: text.text,
    restored: true,
    changed: true,
  });
  expect((await hub().list()).map((facts) => facts.id)).toEqual([id]);
  for (const name of await readdir(drafts())) {
    const sealed = path.join(drafts(), name);
    expect((await stat(sealed)).mode & 0o077, name).toBe(0);
    expect(await readFile(sealed, 'utf8')).not.toMatch(/thought|Application/);
  }
});

test('a draft that was changed on disk says so, and the others stay', async () => {
  const [one, two] = [await hub().open(text), await hub().open({ ...text, name: 'Other' })];
  await hub().keep(two.id, { text: 'x' });
  const sealed = await readFile(path.join(drafts(), `${two.id}.sealed`));
  await writeFile(path.join(drafts(), `${one.id}.sealed`), sealed);
  await expect(hub().read(one.id)).rejects.toThrow('was damaged');
  expect((await hub().read(two.id)).text).toBe('x');
  await writeFile(path.join(drafts(), `${one.id}.sealed`), sealed.subarray(0, 20));
  await expect(hub().read(one.id)).rejects.toThrow('was damaged');
  expect((await hub().list()).map(({ id }) => id)).toEqual([two.id]);
  await hub().open(text);
});

test('a file that is being edited is opened as it was left; without changes, as it is now', async () => {
  const documents = hub();
  const first = await documents.open(fileDocument('one'));
  const again = await documents.open(fileDocument('two'));
  expect(again).toMatchObject({ id: first.id, text: 'two', base: 'two', restored: false });
  await documents.keep(first.id, { text: 'mine' });
  expect(await documents.open(fileDocument('three'))).toMatchObject({ text: 'mine', base: 'two', restored: true });
});

test('of the same application there is one draft, of texts there can be many', async () => {
  const documents = hub();
  const origin = { from: 'application', application: 'app-1', director: 'here' } as const;
  const first = await documents.open({ ...text, origin });
  expect((await documents.open({ ...text, origin })).id).toBe(first.id);
  expect((await documents.open(text)).id).not.toBe((await documents.open(text)).id);

  // The same application at another director is another one.
  const elsewhere = await documents.open({ ...text, origin: { ...origin, director: 'there' } });
  expect(elsewhere.id).not.toBe(first.id);
  await documents.refuseElsewhere(first.id, 'here');
  await expect(documents.refuseElsewhere(first.id, 'there')).rejects.toMatchObject({ code: 'conflict' });
});

test('saving writes the file and leaves nothing outstanding; what another program wrote is not overwritten unseen', async () => {
  await writeFile(file(), 'one', { mode: 0o640 });
  const documents = hub();
  const { id } = await documents.open(fileDocument('one'));
  await documents.keep(id, { text: 'two' });
  expect(await documents.save(id, 'two', { overwrite: false })).toMatchObject({ changed: false, base: 'two' });
  expect(await readFile(file(), 'utf8')).toBe('two');
  expect((await stat(file())).mode & 0o777).toBe(0o640);
  expect(await documents.list()).toEqual([]);

  await writeFile(file(), 'theirs');
  await expect(documents.save(id, 'three', { overwrite: false })).rejects.toMatchObject({ code: 'conflict' });
  expect(await readFile(file(), 'utf8')).toBe('theirs');
  await documents.save(id, 'three', { overwrite: true });
  expect(await readFile(file(), 'utf8')).toBe('three');
});

test('a text without a file asks for one, and has it from then on', async () => {
  const documents = hub();
  const { id } = await documents.open(text);
  await expect(documents.save(id, 'x', { overwrite: false })).rejects.toMatchObject({ code: 'invalid_request' });
  const saved = await documents.save(id, 'x', { file: file(), overwrite: false });
  expect(saved).toMatchObject({ name: 'shop.json', origin: { from: 'file', folder: path.basename(home) } });
  expect(await documents.folder(id)).toBe(home);
  expect((await documents.recent()).map((entry) => entry.path)).toEqual([file()]);
});

test('what was applied is settled; typing on is not', async () => {
  const documents = hub();
  const { id } = await documents.open(text);
  expect(await documents.keep(id, { text: 'applied', settled: true })).toMatchObject({ changed: false });
  expect(await documents.keep(id, { text: 'applied, and more' })).toMatchObject({ changed: true });
  expect(await documents.keep(id, { text: 'applied' })).toMatchObject({ changed: false });
});

test('a discarded draft is gone and can be taken back', async () => {
  const documents = hub();
  const { id } = await documents.open(text);
  await documents.keep(id, { text: 'mine' });
  await documents.discard(id);
  await expect(documents.read(id)).rejects.toMatchObject({ code: 'not_found' });
  await documents.restore(id);
  expect((await documents.read(id)).text).toBe('mine');
  await expect(documents.restore(id)).rejects.toMatchObject({ code: 'not_found' });
});

test('the files edited last are known, the newest first, each once', async () => {
  const documents = hub();
  for (const name of ['/a', '/b', '/a']) await documents.noteRecent(name);
  expect((await documents.recent()).map((entry) => entry.path)).toEqual(['/a', '/b']);
  expect(await documents.list()).toEqual([]);
  await documents.forgetRecent();
  expect(await documents.recent()).toEqual([]);
});

test('locked, the vault takes the key of the drafts along; unlocked, they are as they were', async () => {
  const passphrase = 'correct horse battery';
  (await openVault(home, { kind: 'passphrase', passphrase }))[Symbol.dispose]();
  const keeper = await openVaultKeeper({
    dataDirectory: home,
    findKeychain: () => Promise.reject(new Error('There is no keychain.')),
    environment: {},
    onLockPolicy: () => undefined,
    onLocked: () => sealed.forgetKey(),
  });
  const sealed = sealedFiles(drafts(), keeper.borrow);
  const documents = new Documents(sealed);
  await expect(documents.open(text)).rejects.toMatchObject({ code: 'unauthenticated' });
  await keeper.unlock(passphrase);
  const { id } = await documents.open(text);
  await documents.keep(id, { text: 'half a thought' });
  expect((await documents.read(id)).text).toBe('half a thought');
  await keeper.lock();
  await expect(documents.read(id)).rejects.toMatchObject({ code: 'unauthenticated' });
  await expect(documents.keep(id, { text: 'more' })).rejects.toMatchObject({ code: 'unauthenticated' });
  await keeper.unlock(passphrase);
  expect((await documents.read(id)).text).toBe('half a thought');
});
