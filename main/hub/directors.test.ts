/** Several directors in one window; the deployments are stand-ins in memory, for only the choosing is looked at. */
import { expect, test, vi } from 'vitest';
import type { ApplicationSummary, Event } from '../../remote/core/contract/application.ts';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import { ApplicationId } from '../../remote/core/contract/ids.ts';
import { Topic } from '../../remote/core/events/index.ts';
import type { Connection, Deployment, DeploymentList, DeploymentRecord } from './deployment.ts';
import { Directors } from './directors.ts';
import { streamOf } from './fixtures.ts';
import type { FromHubPort, Remembered } from './protocol.ts';
import type { WindowPort } from './window-port.ts';

const summaryOf = (name: string): ApplicationSummary => ({
  id: ApplicationId.parse(`app-${name}`),
  name,
  state: 'running',
  services: [],
  nodes: { running: 1, wanted: 1 },
  createdAt: 0,
  reportedAt: 0,
});

interface StandIn {
  readonly record: DeploymentRecord;
  readonly events: Topic<Event>;
  readonly applications: ApplicationSummary[];
  /** What happens when it is started. */
  up?: Deployment['up'];
  stopped?: boolean;
}

function standIn(name: string, ...applications: string[]): StandIn {
  return {
    record: { id: `d-${name}`, name, cloud: 'local' },
    events: new Topic<Event>(),
    applications: applications.map(summaryOf),
  };
}

function deploymentsOf(all: StandIn[]): DeploymentList & { changed(): void; failing: boolean } {
  let tell = (): void => undefined;
  const connectionOf = ({ record, events, applications }: StandIn): Connection =>
    ({
      facts: { ...record, user: 'ann', product: '0', protection: 'test' },
      director: {
        stream: streamOf(events),
        call: async (method: string) => (method === 'list_applications' ? applications : []),
      },
    }) as unknown as Connection;
  const list = {
    failing: false,
    changed: () => tell(),
    async list() {
      if (list.failing) throw new ConpaasError('forbidden', 'The vault cannot be opened.');
      return all.map(({ record }) => record);
    },
    watch(changed: () => void) {
      tell = changed;
      return { [Symbol.dispose]: () => undefined };
    },
    add: async () => 'd-new',
    open(id: string): Deployment {
      const found = all.find(({ record }) => record.id === id);
      return {
        state: async () => (found?.stopped ? 'stopped' : 'there'),
        up: async (options) => found?.up?.(options),
        stop: async () => {
          if (found) found.stopped = true;
        },
        connect: async () => {
          if (!found) throw new ConpaasError('unreachable', 'It is away.');
          return connectionOf(found);
        },
      };
    },
  };
  return list;
}

function standInWindow(): { readonly window: WindowPort; readonly pushed: FromHubPort[] } {
  const pushed: FromHubPort[] = [];
  return { pushed, window: { push: (message: FromHubPort) => void pushed.push(message) } as unknown as WindowPort };
}

function applicationsIn(pushed: readonly FromHubPort[]): string[] {
  return pushed.flatMap((message) =>
    'push' in message && message.push === 'applications' ? message.changed.map(({ name }) => name) : [],
  );
}

async function openDirectors(all: StandIn[], windows: readonly WindowPort[]) {
  const deployments = deploymentsOf(all);
  const remembered: (string | undefined)[] = [];
  const running: number[] = [];
  const directors = new Directors({
    deployments,
    remembered: undefined,
    remember: async (shown: Omit<Remembered, 'at'> | undefined) => void remembered.push(shown?.deployment.name),
    windows: () => windows,
    running: (count) => void running.push(count),
    log: () => undefined,
  });
  await directors.open();
  return { directors, deployments, remembered, running };
}

test('each window is told of the director that it shows, and of the state of all', async () => {
  const [home, cloud] = [standIn('home', 'guestbook'), standIn('cloud', 'shop')];
  const [first, second] = [standInWindow(), standInWindow()];
  const opened = await openDirectors([home, cloud], [first.window, second.window]);
  await using directors = opened.directors;
  await directors.choose(first.window, 'd-home');
  await directors.choose(second.window, 'd-cloud');
  const all = () => directors.read().items;
  await vi.waitFor(() =>
    expect(all()).toMatchObject([{ directors: [{ state: 'connected' }, { state: 'connected' }] }]),
  );
  home.events.publish({ type: 'application', application: summaryOf('blog') });
  cloud.events.publish({ type: 'application', application: summaryOf('forum') });
  await vi.waitFor(() => {
    expect(applicationsIn(first.pushed)).toContain('blog');
    expect(applicationsIn(second.pushed)).toContain('forum');
  });
  for (const foreign of ['shop', 'forum']) expect(applicationsIn(first.pushed)).not.toContain(foreign);
  for (const foreign of ['guestbook', 'blog']) expect(applicationsIn(second.pushed)).not.toContain(foreign);
  expect((await directors.of(first.window)).application('app-shop')).toBeUndefined();
  expect(opened.running.at(-1)).toBe(4);
  // Kept for the next window is the one that was chosen last.
  expect(opened.remembered.at(-1)).toBe('cloud');
});

test('a director that is destroyed goes from the list, and calls about it are refused', async () => {
  const all = [standIn('home'), standIn('cloud', 'shop')];
  const { window, pushed } = standInWindow();
  const opened = await openDirectors(all, [window]);
  await using directors = opened.directors;
  await directors.choose(window, 'd-cloud');
  all.pop();
  opened.deployments.changed();
  await vi.waitFor(() => expect(directors.read().items).toMatchObject([{ directors: [{ id: 'd-home' }] }]));
  await expect(directors.of(window)).rejects.toThrow('no such director');
  await expect(directors.choose(window, 'd-cloud')).rejects.toThrow('no such director');
  await vi.waitFor(() =>
    expect(pushed.some((message) => 'push' in message && message.push === 'directors')).toBe(true),
  );
});

test('why the list cannot be read is said, and reading it again mends it', async () => {
  const deployments = deploymentsOf([standIn('home')]);
  deployments.failing = true;
  await using directors = new Directors({
    deployments,
    remembered: undefined,
    remember: async () => undefined,
    windows: () => [],
    running: () => undefined,
    log: () => undefined,
  });
  await directors.open();
  expect(directors.read().items).toMatchObject([{ directors: [], failure: { code: 'forbidden' } }]);
  deployments.failing = false;
  const list = await directors.refresh();
  expect(list.failure).toBeUndefined();
  expect(list.directors).toHaveLength(1);
});

test('"Stop everything" while a director is being started gives the start up and stops it', async () => {
  const home = standIn('home', 'guestbook');
  let began = false;
  home.up = ({ signal }) =>
    new Promise((_resolve, reject) => {
      began = true;
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  const shown = standInWindow();
  const opened = await openDirectors([home], [shown.window]);
  await using directors = opened.directors;
  expect(began).toBe(true);
  await directors.stopEverything();
  await vi.waitFor(() => expect(directors.read().items).toMatchObject([{ directors: [{ state: 'stopped' }] }]));
  expect(home.stopped).toBe(true);
});

test('"Stop everything" before the list was read stops what is in it', async () => {
  const home = standIn('home', 'guestbook');
  const directors = new Directors({
    deployments: deploymentsOf([home]),
    remembered: undefined,
    remember: async () => undefined,
    windows: () => [],
    running: () => undefined,
    log: () => undefined,
  });
  await using _directors = directors;
  const stopped = directors.stopEverything();
  await directors.open();
  await stopped;
  await vi.waitFor(() => expect(home.stopped).toBe(true));
});
