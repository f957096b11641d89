import { describe, expect, test } from 'vitest';
import { chosenOf, createOnce } from './create-once.ts';
import type { Server } from './provider.ts';

const server = (id: string, createdAt: number, state: Server['state'] = 'running'): Server => ({
  id,
  name: 'web',
  tags: { deployment: 'd-1', application: 'app-1', operation: 'op-1' },
  state,
  createdAt,
});

/** A cloud without client tokens, whose list tells of a server a little after it was made. */
function forgetfulCloud() {
  const servers: Server[] = [];
  let made = 0;
  return {
    servers,
    list: async () => servers.filter(({ state }) => state !== 'gone'),
    async create() {
      made += 1;
      const own = server(`s-${made}`, made);
      await Promise.resolve();
      servers.push(own);
      return own;
    },
    async destroy(id: string) {
      const index = servers.findIndex((each) => each.id === id);
      servers.splice(index, 1);
    },
  };
}

describe('one server a name', () => {
  test('the oldest is chosen, then the smaller id', () => {
    expect(chosenOf([server('b', 2), server('c', 1), server('a', 1)])?.id).toBe('a');
    expect(chosenOf([])).toBeUndefined();
  });

  test('several at once agree on one, and destroy the others', async () => {
    const cloud = forgetfulCloud();
    const all = await Promise.all([1, 2, 3, 4].map((key) => createOnce({ ...cloud, key: `process ${key}` })));
    expect(new Set(all.map(({ id }) => id))).toEqual(new Set(['s-1']));
    expect(cloud.servers.map(({ id }) => id)).toEqual(['s-1']);
  });

  test('within a process, one waits for the other, also where that fails', async () => {
    const cloud = forgetfulCloud();
    let attempts = 0;
    const failsAtFirst = async () => {
      attempts += 1;
      if (attempts === 1) throw new Error('throttled');
      return cloud.create();
    };
    const creation = { ...cloud, create: failsAtFirst, key: 'same' };
    const all = await Promise.allSettled([1, 2, 3].map(() => createOnce(creation)));
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(attempts).toBe(2);
    expect(cloud.servers).toHaveLength(1);
  });

  test('one that is there is used', async () => {
    const cloud = forgetfulCloud();
    cloud.servers.push(server('there', 0));
    expect((await createOnce({ ...cloud, key: 'there' })).id).toBe('there');
    expect(cloud.servers).toHaveLength(1);
  });

  test('one that has ended does not count', async () => {
    const cloud = forgetfulCloud();
    cloud.servers.push(server('ended', 0, 'gone'));
    expect((await createOnce({ ...cloud, key: 'ended' })).id).toBe('s-1');
  });
});
