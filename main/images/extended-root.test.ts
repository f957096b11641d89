import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { extract, type Header, pack } from 'tar-stream';
import { expect, test } from 'vitest';
import { extendedRoot } from './extended-root.ts';

type Entry = Pick<Header, 'name' | 'mode' | 'type'> & { readonly content: string };

async function entriesOf(archive: Buffer): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of Readable.from([archive]).pipe(extract())) {
    const { name, mode, type } = entry.header;
    entries.push({ name, mode, type, content: await text(Readable.from(entry)) });
  }
  return entries;
}

const program = 'a program'.repeat(50_000);
const added = [
  { name: 'opt/conpaas', mode: 0o755 },
  {
    name: 'opt/conpaas/node',
    mode: 0o755,
    content: { size: program.length, read: () => Readable.from([Buffer.from(program)]) },
  },
];

function someRoot(): Promise<Buffer> {
  const root = pack();
  root.entry({ name: './opt/', type: 'directory', mode: 0o755 });
  root.entry({ name: './usr/bin/large', mode: 0o4755 }, 'x'.repeat(300_000));
  root.finalize();
  return buffer(Readable.from(root));
}

test('what is added comes first, and the root behind it is what it was to the byte', async () => {
  const root = await someRoot();
  const whole = await buffer(extendedRoot(Readable.from([root]), added));
  expect(whole.subarray(whole.length - root.length).equals(root)).toBe(true);
  expect(await entriesOf(whole)).toEqual([
    { name: './opt/conpaas', type: 'directory', mode: 0o755, content: '' },
    { name: './opt/conpaas/node', type: 'file', mode: 0o755, content: program },
    ...(await entriesOf(root)),
  ]);
});

test('a root that is not made whole is none', async () => {
  const root = await someRoot();
  const broken = Readable.from(
    (async function* () {
      yield root.subarray(0, 1000);
      throw new Error('mmdebstrap failed');
    })(),
  );
  await expect(buffer(extendedRoot(broken, added))).rejects.toThrow('mmdebstrap failed');
});

test('a root that fails before anybody reads takes nothing else down', async () => {
  const root = new Readable({ read: (): void => undefined });
  const extended = extendedRoot(root, added);
  const closed = new Promise((resolve) => root.once('close', resolve));
  root.destroy(new Error('mmdebstrap is not installed'));
  await closed;
  await expect(buffer(extended)).rejects.toThrow('mmdebstrap is not installed');
});

test('a file that cannot be read ends it', async () => {
  const unreadable = () => new Readable({ read: (): void => undefined }).destroy(new Error('no such file'));
  const gone = { name: 'gone', mode: 0o644, content: { size: 1, read: unreadable } };
  await expect(buffer(extendedRoot(Readable.from([await someRoot()]), [gone]))).rejects.toThrow('no such file');
});
