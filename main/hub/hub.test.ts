/** One hub; the director is a stand-in in memory, for only the order of what it tells is looked at. */
import { afterEach, expect, test, vi } from 'vitest';
import type { ApplicationSummary, Event } from '../../remote/core/contract/application.ts';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import { ApplicationId } from '../../remote/core/contract/ids.ts';
import type { Operation } from '../../remote/core/contract/operation.ts';
import { Topic } from '../../remote/core/events/index.ts';
import type { Connection, Deployment } from './deployment.ts';
import { streamOf } from './fixtures.ts';
import { Hub } from './hub.ts';
import type { FromHubPort } from './protocol.ts';

afterEach(() => vi.useRealTimers());

const summary = (state: ApplicationSummary['state']): ApplicationSummary => ({
  id: ApplicationId.parse('app-shop'),
  name: 'shop',
  state,
  services: [],
  nodes: { running: 1, wanted: 1 },
  createdAt: 0,
  reportedAt: 0,
});

test('a vault that is unlocked shows at once what was shown before; lists that were not read yet say so', async () => {
  const state = { now: 'locked' as Awaited<ReturnType<Deployment['state']>> };
  const connecting = Promise.withResolvers<Connection>();
  const facts = { id: 'd', name: 'd', cloud: 'local', user: 'ann', product: '0', protection: 'test' };
  const states: string[] = [];
  await using hub = new Hub({
    deployment: {
      state: async () => state.now,
      up: async () => undefined,
      stop: async () => undefined,
      connect: () => connecting.promise,
    },
    remembered: { deployment: facts, applications: [summary('running')], at: 7 },
    remember: async () => undefined,
    broadcast: () => undefined,
    changed: () => states.push(hub.session.state),
    running: () => undefined,
    log: () => undefined,
  });
  await hub.consider();
  expect(hub.read('applications')).toMatchObject({ items: [summary('running')], unread: true });
  state.now = 'there';
  await hub.consider();
  expect(states).toEqual(['locked', 'resuming']);
  expect(hub.session).toEqual({ state: 'resuming', deployment: facts, since: 7 });
  const events = new Topic<Event>();
  connecting.resolve({
    facts,
    director: {
      stream: streamOf(events),
      call: async (method: string) => (method === 'list_applications' ? [summary('stopped')] : []),
    },
  } as unknown as Connection);
  await vi.waitFor(() => expect(hub.session.state).toBe('connected'));
  expect(hub.read('applications')).toEqual({ seq: expect.any(Number), items: [summary('stopped')], unread: false });
});

test('a list that was on its way does not undo what an event has told meanwhile', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const events = new Topic<Event>();
  const late = Promise.withResolvers<ApplicationSummary[]>();
  const lists = [Promise.resolve([summary('creating')]), late.promise];
  let asked = 0;
  const connection = {
    facts: { id: 'd', name: 'd', cloud: 'local', user: 'ann', product: '0', protection: 'test' },
    director: {
      stream: streamOf(events),
      call: async (method: string) => (method === 'list_applications' ? lists[asked++] : []),
    },
  } as unknown as Connection;
  const deployment: Deployment = {
    state: async () => 'there',
    up: async () => undefined,
    stop: async () => undefined,
    connect: async () => connection,
  };
  const pushed: FromHubPort[] = [];
  const states = () =>
    pushed.flatMap((push) =>
      'push' in push && push.push === 'applications' ? push.changed.map(({ state }) => state) : [],
    );
  await using hub = new Hub({
    deployment,
    remembered: undefined,
    remember: async () => undefined,
    broadcast: (push) => void pushed.push(push),
    changed: () => undefined,
    running: () => undefined,
    log: () => undefined,
  });
  await hub.consider();
  await vi.waitFor(() => expect(states()).toEqual(['creating']));
  vi.advanceTimersByTime(30_000);
  await vi.waitFor(() => expect(asked).toBe(2));
  events.publish({ type: 'application', application: summary('running') });
  await vi.waitFor(() => expect(states()).toEqual(['creating', 'running']));
  late.resolve([summary('creating')]);
  // An event that comes after the list has been taken in.
  await new Promise(setImmediate);
  expect(hub.read('applications').items).toEqual([summary('running')]);
});

test('the lists are read only once the director tells of changes: none falls in between', async () => {
  const events = new Topic<Event>();
  const reached = Promise.withResolvers<void>();
  const called: string[] = [];
  const late = async function* (signal: AbortSignal, onOpen: () => void) {
    await reached.promise;
    called.push('events');
    const subscribed = events.subscribe(signal);
    onOpen();
    yield* subscribed;
  };
  const connection = {
    facts: { id: 'd', name: 'd', cloud: 'local', user: 'ann', product: '0', protection: 'test' },
    director: {
      stream: (_method: string, _params: unknown, { signal, onOpen }: { signal: AbortSignal; onOpen(): void }) =>
        late(signal, onOpen),
      call: async (method: string) => {
        called.push(method);
        return [];
      },
    },
  } as unknown as Connection;
  await using hub = new Hub({
    deployment: {
      state: async () => 'there',
      up: async () => undefined,
      stop: async () => undefined,
      connect: async () => connection,
    },
    remembered: undefined,
    remember: async () => undefined,
    broadcast: () => undefined,
    changed: () => undefined,
    running: () => undefined,
    log: () => undefined,
  });
  await hub.consider();
  await new Promise(setImmediate);
  reached.resolve();
  await vi.waitFor(() => expect(hub.session.state).toBe('connected'));
  expect(called).toEqual(['events', 'list_applications', 'list_operations']);
});

test('a director that is being destroyed can only be destroyed; the steps are shown, and a failure can be gone on with', async () => {
  const world = { state: 'destroying' as Awaited<ReturnType<Deployment['state']>>, stopped: 0 };
  await using hub = new Hub({
    deployment: {
      state: async () => world.state,
      up: async () => undefined,
      stop: async () => {
        world.stopped += 1;
      },
      connect: () => Promise.reject(new Error('nobody connects to what is being destroyed')),
    },
    remembered: undefined,
    remember: async () => undefined,
    broadcast: () => undefined,
    changed: () => undefined,
    running: () => undefined,
    log: () => undefined,
  });
  await hub.consider();
  expect(hub.session).toMatchObject({ state: 'failed', ending: true, failure: { code: 'interrupted' } });
  await hub.stopEverything();
  expect(world.stopped).toBe(0);

  const refused = new ConpaasError('cloud_failed', 'Some machines could not be destroyed.', { retry: true });
  await hub.destroy(() => Promise.reject(refused));
  await vi.waitFor(() => expect(hub.session).toMatchObject({ failure: { code: 'cloud_failed' }, ending: true }));

  const under = Promise.withResolvers<void>();
  await hub.destroy(async ({ onProgress }) => {
    onProgress({ title: 'Destroy d' } as Operation);
    await under.promise;
  });
  // Its record changes meanwhile, which is no reason to give up.
  await hub.consider();
  expect(hub.session).toMatchObject({ state: 'working', operation: { title: 'Destroy d' } });
  world.state = 'absent';
  under.resolve();
  await vi.waitFor(() => expect(hub.session).toEqual({ state: 'absent' }));
});
