/** All kinds of methods, over TLS, over a unix socket, and relayed by a second server. */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { connect } from './client.ts';
import { all, createWorld, failureOf, host, type TestClient, table, type World } from './fixtures.ts';

let world: World;
const clients: Record<string, TestClient> = {};

beforeAll(async () => {
  world = await createWorld();
  const { director, manager } = world.trust.identities;
  const managerServer = await world.serve({ as: manager });
  const credentials = await world.trust.credentials(director);
  const directorServer = await world.serve({
    as: director,
    relay: async () => ({ host, port: managerServer.port, expect: manager, credentials }),
  });
  clients['TLS'] = await world.client(directorServer.port, director);
  clients['relay'] = await world.client(directorServer.port, director, undefined, { application: 'app-one' });
  const { path } = await world.serveOnSocket();
  clients['socket'] = world.own(connect(table, { address: { socket: path } }));
  clients['hasty'] = world.own(connect(table, { address: { socket: path }, patience: 0.001 }));
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});
afterAll(async () => world[Symbol.asyncDispose]());

describe.each(['TLS', 'socket', 'relay'])('over %s', (way) => {
  const client = () => {
    const found = clients[way];
    if (!found) throw new Error(way);
    return found;
  };

  test('hello says what the process is', async () => {
    const answer = await client().call('hello', {});
    expect(answer.role).toBe({ TLS: 'director', socket: 'host', relay: 'manager' }[way]);
    expect(answer.methods).toEqual(Object.keys(table));
  });

  test('a query gets its parameters with defaults, and its caller', async () => {
    const answer = await client().call('echo', { text: 'hi' });
    expect(answer).toEqual(
      {
        TLS: { text: 'hi', user: 'ann', caller: 'user' },
        socket: { text: 'hi' },
        relay: { text: 'hi', user: 'ann', caller: 'director' },
      }[way],
    );
  });

  test('a part of the table is called over the same connection, and checked like the whole', async () => {
    const { echo } = table;
    const part = client().as({ echo });
    expect((await part.call('echo', { text: 'hi' })).text).toBe('hi');
    expect(await part.callAny('hello', {})).toHaveProperty('methods');
    const misread = client().as({ echo: { ...echo, result: z.object({ text: z.number() }) } });
    expect((await failureOf(misread.call('echo', { text: 'hi' }))).code).toBe('internal');
  });

  test('failures arrive as they were thrown; a bug stays inside', async () => {
    expect(await failureOf(client().call('fail', { how: 'typed' }))).toEqual({
      code: 'engine_failed',
      message: 'The engine did not start.',
      log: ['last words'],
      retry: true,
    });
    const bug = await failureOf(client().call('fail', { how: 'bug' }));
    expect(bug.code).toBe('internal');
    expect(JSON.stringify(bug)).not.toContain('secret');
    expect(world.lines.join('\n')).toContain('secret internals');
  });

  test('unknown methods, unknown fields and wrong types are refused with their places', async () => {
    expect((await failureOf(client().callAny('nonsense', {}))).code).toBe('unknown_method');
    expect((await failureOf(client().callAny('toString', {}))).code).toBe('unknown_method');
    const unknown = await failureOf(client().callAny('echo', { text: 'a', colour: 'red' }));
    expect(unknown).toMatchObject({ code: 'invalid_request', places: [{ path: 'colour', message: 'unknown field' }] });
    const wrong = await failureOf(client().callAny('echo', { text: 5 }));
    expect(wrong).toMatchObject({ code: 'invalid_request', places: [{ path: 'text' }] });
  });

  test('a stream delivers in order, ends, resumes and fails', async () => {
    expect((await all(client().stream('count', { to: 1000 }))).map(({ n }) => n)).toEqual(
      Array.from({ length: 1000 }, (_, index) => index + 1),
    );
    const numbers: number[] = [];
    const rest = await all(client().stream('count', { to: 10 }, { after: 7, onSeq: (seq) => numbers.push(seq) }));
    expect(rest.map(({ n }) => n)).toEqual([8, 9, 10]);
    expect(numbers).toEqual([8, 9, 10]);
    expect((await failureOf(all(client().stream('count', { to: 3, fail: true })))).code).toBe('lagged');
  });

  test('leaving a stream closes its handler', async () => {
    const closed = once(world.seen, 'returned');
    for await (const { n } of client().stream('count', { to: 10_000_000 })) if (n === 5) break;
    await closed;
    const begun = once(world.seen, 'begun');
    const aborted = once(world.seen, 'aborted');
    const items = client().stream('watch', {})[Symbol.asyncIterator]();
    const waiting = items.next();
    await begun;
    await items.return?.();
    expect(await waiting).toMatchObject({ done: true });
    await aborted;
  });

  test('an upload arrives whole', async () => {
    const content = randomBytes(3_000_000);
    const path = join(world.directory, `upload-${way}`);
    await writeFile(path, content);
    let last: unknown;
    const answer = await client().upload(
      'put',
      { label: 'ünicode' },
      { path, name: 'größe.tar' },
      {
        onProgress: (sent, total) => {
          last = [sent, total];
        },
      },
    );
    expect(answer).toMatchObject({
      size: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
      name: 'größe.tar',
    });
    expect(last).toEqual([content.length, content.length]);
    const empty = join(world.directory, `empty-${way}`);
    await writeFile(empty, '');
    expect((await client().upload('put', {}, { path: empty })).size).toBe(0);
  });

  test.each(['known', 'unknown'] as const)('a download of %s size is verified', async (how) => {
    const { stream, size, name } = await client().download('get', { bytes: 2_000_000, how });
    expect((await buffer(stream)).equals(Buffer.alloc(2_000_000, how))).toBe(true);
    expect([size, name]).toEqual(how === 'known' ? [2_000_000, 'a file.bin'] : [undefined, undefined]);
  });

  test('a download that is not what it should be ends with an error', async () => {
    const wrong = await client().download('get', { bytes: 500_000, how: 'wrong' });
    expect((await failureOf(buffer(wrong.stream))).code).toBe('checksum_mismatch');
    const broken = await client().download('get', { bytes: 500_000, how: 'broken' });
    expect(await failureOf(buffer(broken.stream))).toMatchObject({ code: 'engine_failed', log: ['gone'] });
  });

  test('a duplex carries bytes both ways until both have ended', async () => {
    const channel = await client().duplex('shout', { prefix: '>' });
    channel.write('hello');
    expect(String((await once(channel, 'data'))[0])).toBe('>HELLO');
    const rest = text(channel);
    channel.end('bye');
    expect(await rest).toBe('>BYE');
  });

  test('a duplex moves megabytes', async () => {
    const channel = await client().duplex('shout', { prefix: '' });
    const answer = buffer(channel);
    channel.end(Buffer.alloc(5_000_000, 'a'));
    expect((await answer).equals(Buffer.alloc(5_000_000, 'A'))).toBe(true);
  });

  test('a duplex fails with a reason, before it opens and later', async () => {
    expect((await failureOf(client().duplexAny('shout', { suffix: '' }))).code).toBe('invalid_request');
    expect((await failureOf(client().duplexAny('nonsense', {}))).code).toBe('unknown_method');
    expect((await failureOf(client().duplex('shout', { prefix: 'refused' }))).code).toBe('not_found');
    const channel = await client().duplex('refuse', {});
    const failed = once(channel, 'error');
    channel.write('x');
    expect((await failed)[0]).toMatchObject({ failure: { code: 'conflict', message: 'Not now.' } });
  });

  test('a duplex that is dropped aborts its handler', async () => {
    const begun = once(world.seen, 'begun');
    const channel = await client().duplex('shout', { prefix: '' });
    await begun;
    const aborted = once(world.seen, 'aborted');
    channel.destroy();
    await aborted;
  });

  test('cancelling reaches the handler', async () => {
    const begun = once(world.seen, 'begun');
    const aborted = once(world.seen, 'aborted');
    const controller = new AbortController();
    const failed = failureOf(client().call('wait', {}, { signal: controller.signal }));
    await begun;
    controller.abort();
    expect((await failed).code).toBe('cancelled');
    await aborted;
  });

  test('the deadline reaches the handler', async () => {
    const aborted = once(world.seen, 'aborted');
    expect((await failureOf(client().call('wait', {}, { timeoutMs: 200 }))).code).toBe('deadline_exceeded');
    await aborted;
  });

  test('200 calls at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => client().call('echo', { text: String(index) })),
    );
    expect(answers.map(({ text }) => Number(text))).toEqual(Array.from({ length: 200 }, (_, index) => index));
  });
});

test('limits of calls follow the patience that the peer needs', async () => {
  // A limit of ten minutes.
  expect((await failureOf(clients['hasty']?.call('wait', {}, { timeoutMs: 600_000 }) ?? Promise.resolve())).code).toBe(
    'deadline_exceeded',
  );
});
