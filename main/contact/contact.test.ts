/** The first contact against a real sshd, as user-data sets it up. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Transport } from '../../remote/core/clouds/machines/transport.ts';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import { openConnection } from './connection.ts';
import { createContact } from './contact.ts';
import { type ContactRecord, type ContactStore, createKeyPair, keyOf } from './keys.ts';
import { type Sshd, startSshd } from './sshd.fixture.ts';

const host = '127.77.9.3';
const never = new AbortController().signal;
let store: ContactStore & { record: ContactRecord | undefined };
let server: Sshd;
let directory: string;
let waited: string[];
const transports: Transport[] = [];

function memoryStore(): typeof store {
  return {
    record: undefined,
    read: async () => store.record,
    async update(change) {
      store.record = change(store.record);
      return store.record;
    },
  };
}

/** What is known of the one machine of these tests. */
const hostKeys = () => store.record?.hosts['director'];

function contactOf(bootMs = 20_000) {
  const { port, user, directory: there } = server;
  return createContact({ store, port, user, directory: there, bootMs, onWait: (why) => waited.push(why) });
}

function transport(bootMs?: number): Transport {
  const made = contactOf(bootMs).transport(async () => ({ name: 'director', host }));
  transports.push(made);
  return made;
}

beforeEach(async () => {
  waited = [];
  store = memoryStore();
  directory = await mkdtemp(path.join(os.tmpdir(), 'conpaas-contact-'));
  const { keys } = createContact({ store });
  server = await startSshd(await keys('director'), host);
});
afterEach(async () => {
  for (const each of transports.splice(0)) await each[Symbol.asyncDispose]?.();
  await server[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

describe('the first contact by SSH', () => {
  test('has the machine make a host key of its own, and then accepts no other', async () => {
    const given = hostKeys()?.pending;
    const first = transport();
    expect(await first.run('s-1', ['/bin/cat'], 'what is read', never)).toEqual({
      code: 0,
      output: 'what is read',
      errors: '',
    });
    const own = keyOf(await server.hostKey());
    expect(own).not.toBe(keyOf(given?.public ?? ''));
    expect(store.record).toEqual({ client: store.record?.client, hosts: { director: { known: own } } });
    expect(await readFile(path.join(server.directory, 'host_key'), 'utf8')).not.toBe(given?.private);

    // Whoever has read the user-data and stands in the middle now: nothing is sent to them.
    await writeFile(path.join(server.directory, 'host_key'), given?.private ?? '', { mode: 0o600 });
    await server.restart();
    const again = transport(300);
    const refused = again.run('s-1', ['/bin/cat'], 'a secret', never);
    await expect(refused).rejects.toMatchObject({ code: 'unauthenticated', message: /another host key/ });
  });

  test('a machine that is not ours is sent nothing, not even which key we have', async () => {
    await writeFile(path.join(server.directory, 'host_key'), (await createKeyPair()).private, { mode: 0o600 });
    await server.restart();
    const signal = AbortSignal.timeout(20_000);
    await expect(transport(300).run('s-1', ['/bin/true'], '', signal)).rejects.toThrow(/Nothing was sent to it/);
    expect(waited.length).toBeGreaterThan(0); // the image's own sshd answers like that until our script has run
  });

  test('whoever has another key than ours is not let in, nor by a password', async () => {
    const { pending } = hostKeys() ?? {};
    const target = { host, port: server.port, user: server.user, accepted: [pending?.public ?? ''] };
    const another = openConnection({ ...target, key: (await createKeyPair()).private }, never);
    await expect(another).rejects.toMatchObject({ code: 'unauthenticated', message: /does not let this desktop/ });
  });

  test.each(['prepared', 'recorded', 'replaced'] as const)(
    'a crash once the next key is %s is recovered from',
    async (when) => {
      const record = store.record;
      const { pending } = hostKeys() ?? {};
      const rotate = ['/bin/sh', `${server.directory}/rotate`];
      if (!record || !pending) throw new Error('no record');
      {
        const target = { host, port: server.port, user: server.user, key: record.client.private };
        using dying = await openConnection({ ...target, accepted: [pending.public] }, never);
        const { output } = await dying.run([...rotate, 'prepare'], '', never);
        if (when !== 'prepared') store.record = { ...record, hosts: { director: { pending, next: keyOf(output) } } };
        if (when === 'replaced') await dying.run([...rotate, 'commit'], '', never);
      }
      expect((await transport().run('s-1', ['/bin/true'], '', never)).code).toBe(0);
      expect(hostKeys()).toEqual({ known: keyOf(await server.hostKey()) });
    },
  );

  test('a step that still runs when it is asked for again, as on slow machines, makes one key with both its halves', async () => {
    const record = store.record;
    const { pending } = hostKeys() ?? {};
    if (!record || !pending) throw new Error('no record');
    const prepare = ['/bin/sh', `${server.directory}/rotate`, 'prepare'];
    {
      const target = { host, port: server.port, user: server.user, key: record.client.private };
      using connection = await openConnection({ ...target, accepted: [pending.public] }, never);
      const prepared = await Promise.all(Array.from({ length: 8 }, () => connection.run(prepare, '', never)));
      expect(prepared.map(({ code }) => code)).toEqual(prepared.map(() => 0));
      expect(new Set(prepared.map(({ output }) => output)).size).toBe(1);
    }
    expect((await transport().run('s-1', ['/bin/true'], '', never)).code).toBe(0);
    expect(hostKeys()).toEqual({ known: keyOf(await server.hostKey()) });
    expect((await readdir(server.directory)).filter((name) => name.startsWith('made'))).toEqual([]);
  });

  test('a machine that is made after another one has a host key of its own again', async () => {
    const { keys } = contactOf();
    const before = hostKeys()?.pending;
    expect((await keys('director')).hostKey).toBe(before?.private); // asked again: the same machine
    await transport().run('s-1', ['/bin/true'], '', never);
    const next = await keys('director');
    expect(next.hostKey).not.toBe(before?.private);
    await server[Symbol.asyncDispose]();
    server = await startSshd(next, host);
    await transport().run('s-2', ['/bin/true'], '', never);
    expect(hostKeys()).toEqual({ known: keyOf(await server.hostKey()) });
  });
});

describe('files and programs over SSH', () => {
  test('large files come as they are, with their mode, under their name when they are complete', async () => {
    const content = randomBytes(9_000_001);
    const from = path.join(directory, 'from');
    const to = path.join(directory, 'to');
    await writeFile(from, content);
    await writeFile(to, 'what was there before');
    await transport().copy('s-1', [{ from, to, mode: 0o755 }], never);
    const digest = (data: Buffer) => createHash('sha256').update(data).digest('hex');
    expect(digest(await readFile(to))).toBe(digest(content));
    expect((await stat(to)).mode & 0o777).toBe(0o755);
    await expect(stat(`${to}.part`)).rejects.toThrow();
  });

  test('a program gets what it is to read, and tells its output, its errors and its code', async () => {
    const machine = transport();
    const input = 'x'.repeat(3_000_000);
    expect((await machine.run('s-1', ['/usr/bin/wc', '-c'], input, never)).output.trim()).toBe('3000000');
    const failed = await machine.run('s-1', ['/bin/ls', '/nowhere'], '', never);
    expect(failed.code).toBe(2);
    expect(failed.errors).toContain('/nowhere');
  });

  test('a word that a shell could read is refused', async () => {
    const machine = transport();
    for (const word of [';id', '$(id)', 'a b', "'", '', '*', '~', '\n']) {
      const refused = machine.run('s-1', ['/bin/echo', word], '', never);
      await expect(refused, JSON.stringify(word)).rejects.toMatchObject({ code: 'internal' });
    }
  });

  test('a connection that ends in the middle is opened again, and one that is told to end ends', async () => {
    const machine = transport();
    await machine.run('s-1', ['/bin/true'], '', never);
    const stopping = new AbortController();
    const asleep = machine.run('s-1', ['/bin/sleep', '600'], '', stopping.signal);
    stopping.abort();
    await expect(asleep).rejects.toMatchObject({ name: 'AbortError' });
    await server.restart();
    expect((await machine.run('s-1', ['/bin/echo', 'again'], '', never)).output).toBe('again\n');
  });

  test('a connection that is cut by a machine that vanishes is said to be that', async () => {
    const { port, user } = server;
    const through = new Set<Socket>();
    const proxy = createServer((socket) => {
      const beyond = connect(port, host);
      for (const one of [socket, beyond]) through.add(one.on('error', () => undefined));
      socket.pipe(beyond).pipe(socket);
    });
    await new Promise<void>((resolve) => proxy.listen(0, host, resolve));
    await transport().run('s-1', ['/bin/true'], '', never);
    const accepted = [hostKeys()?.known ?? ''];
    const target = { host, port: (proxy.address() as AddressInfo).port, user, key: store.record?.client.private ?? '' };
    using connection = await openConnection({ ...target, accepted }, never);
    proxy.close();
    const asked = connection.run(['/bin/sleep', '600'], '', never);
    for (const socket of through) socket.resetAndDestroy();
    await expect(asked).rejects.toThrow(ConpaasError);
    expect(connection.isOpen).toBe(false);
    await expect(connection.run(['/bin/true'], '', never)).rejects.toThrow(ConpaasError);
  });

  test('a machine that is not there is waited for, and said to be unreachable', async () => {
    const { port, user } = server;
    const nobody = createContact({ store, port, user, bootMs: 300 }).transport(async () => ({
      name: 'director',
      host: '127.77.9.4',
    }));
    await expect(nobody.run('s-1', ['/bin/true'], '', never)).rejects.toMatchObject({ code: 'unreachable' });
    const addressless = createContact({ store, port, user, bootMs: 300 }).transport(async () => ({
      name: 'director',
      host: undefined,
    }));
    await expect(addressless.run('s-1', ['/bin/true'], '', never)).rejects.toThrow(/no address yet/);
    // Waited for as often as long as its cloud says.
    const ending = new AbortController();
    let waits = 0;
    const onWait = () => {
      waits += 1;
      if (waits === 3) ending.abort();
    };
    const emulated = createContact({ store, port, user, bootMs: 1, onWait }).transport(async () => ({
      ...{ name: 'director', host: undefined, patience: 60_000 },
    }));
    await expect(emulated.run('s-1', ['/bin/true'], '', ending.signal)).rejects.toMatchObject({ name: 'AbortError' });
    expect(waits).toBe(3);
    const gone = createContact({ store, port, user }).transport(async () => undefined);
    await expect(gone.run('s-1', ['/bin/true'], '', never)).rejects.toMatchObject({ code: 'not_found' });
  });
});
