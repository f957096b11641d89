import { describe, expect, test } from 'vitest';
import type { NodeObservation } from '../../core/contract/application.ts';
import { ApplicationId, BlobHash, NodeId, ServiceId } from '../../core/contract/ids.ts';
import type { NodeView, ServiceContext, ServiceView } from '../../core/service/manager.ts';
import { type DesiredNode, DesiredService } from '../../core/service/state.ts';
import type {
  BackendConfiguration,
  ProxyConfiguration,
  SessionConfiguration,
  WebConfiguration,
} from './configuration.ts';
import { createServiceManager } from './manager.ts';

const manager = createServiceManager();
const blob = (text: string) => BlobHash.parse(text.repeat(64).slice(0, 64));

interface NodeSketch {
  readonly id: string;
  readonly phase?: DesiredNode['phase'];
  readonly version?: string;
  /** false: nothing is known of it. */
  readonly seen?: boolean;
  readonly state?: NodeObservation['state'];
  readonly ports?: Record<string, number>;
  readonly detail?: Record<string, unknown>;
}

const defaultPorts: Record<string, Record<string, number>> = {
  proxy: { http: 80 },
  web: { http: 8081 },
  backend: { http: 9000 },
  session: { redis: 6379 },
};

/** `id` is role-number; the number is the last byte of the address, too. */
function node(sketch: NodeSketch): NodeView {
  const [role = '', number = ''] = sketch.id.split('-');
  const id = NodeId.parse(sketch.id);
  const state = sketch.state ?? 'running';
  const ports = sketch.ports ?? (state === 'running' && sketch.seen !== false ? (defaultPorts[role] ?? {}) : {});
  return {
    desired: {
      id,
      service: ServiceId.parse('php-1'),
      role,
      slot: number,
      phase: sketch.phase ?? 'wanted',
      ...(sketch.version === undefined ? {} : { version: sketch.version }),
      restarts: 0,
      operation: 'op-1',
      createdAt: Number(number),
    },
    address: `10.0.0.${number}`,
    observed:
      sketch.seen === false
        ? undefined
        : {
            node: id,
            state,
            ports,
            detail: sketch.detail ?? {},
            restarts: 0,
            since: 0,
          },
    ports,
  };
}

function view(nodes: readonly NodeSketch[], service: Partial<DesiredService> = {}): ServiceView {
  const version = (id: string, text: string) => ({
    id,
    blob: blob(text),
    listing: blob(`${text}0`),
    name: 'code.tar.gz',
    description: '',
    size: 1,
    files: 1,
    createdAt: 0,
    createdBy: 'user',
  });
  const whole = DesiredService.parse({
    id: 'php-1',
    type: 'php',
    name: 'web',
    running: true,
    configuration: {},
    environment: {},
    secrets: [],
    needs: [],
    domains: [],
    versions: [version('v1', 'a'), version('v2', 'b')],
    activeVersion: 'v1',
    nextVersion: 3,
    nextNode: {},
    data: {},
    ...service,
  });
  return {
    service: whole,
    state: {
      schema: 1,
      application: ApplicationId.parse('app-1'),
      name: 'app',
      description: '',
      services: [whole],
      nodes: [],
      nextService: 2,
      nextSlot: 2,
    } as unknown as ServiceView['state'],
    nodes: nodes.map(node),
    secrets: { 'php-1-session': 'secret' },
    environment: { GREETING: 'hello' },
  };
}

function described<T>(of: ServiceView, id: string): T {
  return manager.describeNodes(of).get(NodeId.parse(id)) as T;
}

const up = (id: string, number: number, sessions = 0, state = 'up') => ({
  [id]: { address: `10.0.0.${number}`, port: 9000, state, sessions, total: 7 },
});

describe('proxies', () => {
  const cases: readonly { name: string; nodes: readonly NodeSketch[]; servers: readonly string[] }[] = [
    {
      name: 'know backends that have told their port',
      nodes: [{ id: 'proxy-1' }, { id: 'backend-1' }, { id: 'backend-2', state: 'preparing' }],
      servers: ['backend-1 10.0.0.1:9000 ready'],
    },
    {
      name: 'drain a backend that is to go',
      nodes: [{ id: 'proxy-1' }, { id: 'backend-1' }, { id: 'backend-2', phase: 'draining' }],
      servers: ['backend-1 10.0.0.1:9000 ready', 'backend-2 10.0.0.2:9000 drain'],
    },
    {
      name: 'keep a backend that fails, as their own checks are faster than we are',
      nodes: [{ id: 'proxy-1' }, { id: 'backend-1', state: 'failed', ports: { http: 9000 } }],
      servers: ['backend-1 10.0.0.1:9000 ready'],
    },
    {
      name: 'keep backends of an agent that is away',
      nodes: [
        { id: 'proxy-1', detail: { servers: up('backend-1', 9), staticPaths: 0 } },
        { id: 'backend-1', seen: false },
        { id: 'backend-2', seen: false },
      ],
      servers: ['backend-1 10.0.0.9:9000 ready'],
    },
    {
      name: 'keep backends whose agent has just started, until they have told their port',
      nodes: [
        { id: 'proxy-1', detail: { servers: up('backend-1', 1), staticPaths: 0 } },
        { id: 'backend-1', state: 'starting' },
        { id: 'backend-2', state: 'starting' },
      ],
      servers: ['backend-1 10.0.0.1:9000 ready'],
    },
    {
      name: 'forget a backend that was stopped',
      nodes: [{ id: 'proxy-1' }, { id: 'backend-1', state: 'stopped', ports: { http: 9000 } }],
      servers: [],
    },
  ];
  test.each(cases)('$name', ({ nodes, servers }) => {
    const { backends } = described<ProxyConfiguration>(view(nodes), 'proxy-1');
    expect(backends.map(({ node: id, address, port, state }) => `${id} ${address}:${port} ${state}`)).toEqual(servers);
  });

  test('are left as they are while neither they nor a backend have told: their agents have just started', () => {
    const proxy = { id: 'proxy-1', state: 'starting', ports: {} } as const;
    const nodes = (backend: NodeSketch) => manager.describeNodes(view([proxy, backend])).has(NodeId.parse('proxy-1'));
    expect(nodes({ id: 'backend-1', state: 'starting' })).toBe(false);
    expect(nodes({ id: 'backend-1', seen: false })).toBe(false);
    expect(nodes({ id: 'backend-1' })).toBe(true);
    expect(nodes({ id: 'backend-1', state: 'stopped' })).toBe(true);
    // A new one begins at once.
    expect(described<ProxyConfiguration>(view([{ id: 'proxy-1', seen: false }]), 'proxy-1').backends).toEqual([]);
  });

  test('take the static paths of all versions that are served', () => {
    const listings = (...nodes: NodeSketch[]) =>
      described<ProxyConfiguration>(view([{ id: 'proxy-1' }, ...nodes]), 'proxy-1').listings;
    expect(listings({ id: 'backend-1', version: 'v1' }, { id: 'web-1', version: 'v2' })).toHaveLength(2);
    expect(listings({ id: 'backend-1', version: 'v2', detail: { version: 'v1' } })).toHaveLength(2);
    expect(listings({ id: 'backend-1', version: 'v2' }, { id: 'web-1', version: 'v2' })).toEqual([blob('b0')]);
  });
});

test('web nodes serve their own version first, then others in use', () => {
  const { versions } = described<WebConfiguration>(
    view([
      { id: 'web-1', version: 'v2' },
      { id: 'backend-1', version: 'v1' },
    ]),
    'web-1',
  );
  expect(versions.map(({ version }) => version)).toEqual(['v2', 'v1']);
});

describe('backends', () => {
  test('wait for the session store', () => {
    const waiting = view([{ id: 'backend-1' }, { id: 'session-1', state: 'starting' }]);
    expect(described(waiting, 'backend-1')).toBeUndefined();
  });

  test('get code, configuration, environment and session store', () => {
    const wanted = view([{ id: 'backend-1', version: 'v2' }, { id: 'session-1' }], {
      configuration: { memory_limit: '256M', of_old: true },
      data: { debug: true },
      healthCheck: { path: '/health', timeoutMs: 2_000 },
    });
    expect(described<BackendConfiguration>(wanted, 'backend-1')).toMatchObject({
      kind: 'backend',
      code: { version: 'v2', blob: blob('b') },
      php: { memory_limit: '256M', max_execution_time: 30 },
      debug: true,
      environment: { GREETING: 'hello' },
      session: { node: 'session-1', address: '10.0.0.1', port: 6379, password: 'secret' },
      health: { path: '/health', timeoutMs: 2_000, below: 400 },
    });
  });

  test('a configuration that is not valid does not stop the others', () => {
    const wanted = view([{ id: 'backend-1' }, { id: 'session-1' }], {
      configuration: { memory_limit: 'lots', max_execution_time: 5 },
    });
    expect(described<BackendConfiguration>(wanted, 'backend-1').php).toMatchObject({
      memory_limit: '128M',
      max_execution_time: 5,
    });
  });
});

describe('draining', () => {
  const drained = (servers: Record<string, unknown>) => {
    const wanted = view([
      { id: 'proxy-1', detail: { servers, staticPaths: 0 } },
      { id: 'backend-1', phase: 'draining' },
    ]);
    const [, backend] = wanted.nodes;
    return backend && manager.drained(wanted, backend);
  };
  test('lasts until no proxy has a request at the node', () => {
    expect(drained(up('backend-1', 1))).toBe(false);
    expect(drained(up('backend-1', 1, 2, 'drain'))).toBe(false);
    expect(drained(up('backend-1', 1, 0, 'drain'))).toBe(true);
    expect(drained({})).toBe(true);
  });
});

test('a backend is in service when every proxy uses it', () => {
  const wanted = view([
    { id: 'proxy-1', detail: { servers: up('backend-1', 1), staticPaths: 0 } },
    { id: 'proxy-2', detail: { servers: up('backend-1', 1, 0, 'down'), staticPaths: 0 } },
    { id: 'backend-1' },
  ]);
  const backend = wanted.nodes[2] as NodeView;
  expect(manager.inService(wanted, backend)).toBe(false);
  const one = { ...wanted, nodes: [wanted.nodes[0] as NodeView, backend] };
  expect(manager.inService(one, backend)).toBe(true);
});

test('the address is the first proxy, with its port where it is not 80', () => {
  expect(manager.address(view([{ id: 'proxy-2' }, { id: 'proxy-1' }]))).toBe('http://10.0.0.1');
  expect(manager.address(view([{ id: 'proxy-1', ports: { http: 8080 } }]))).toBe('http://10.0.0.1:8080');
  expect(manager.address(view([{ id: 'proxy-1', state: 'preparing' }]))).toBeUndefined();
});

test('users of a machine that ports of another computer lead to are sent to those', () => {
  const wanted = view([{ id: 'proxy-1', ports: { http: 80, https: 443 } }], { domains: ['shop.test'] });
  const forwarded = { 80: 20_080, 443: 20_443 };
  const nodes = wanted.nodes.map((node) => ({ ...node, forwarded }));
  const web = { certificates: [], challenges: [] };
  const portOf = (seen: ServiceView) => {
    const [proxy] = manager.describeNodes({ ...seen, web }).values();
    return [(proxy as ProxyConfiguration | undefined)?.https.port, manager.webService?.(seen)?.https?.port];
  };
  expect(portOf(wanted)).toEqual([undefined, 443]);
  expect(portOf({ ...wanted, nodes })).toEqual([20_443, 20_443]);
});

test('an address that stays leads to whichever proxy runs, so that the first one can be replaced', () => {
  const wanted = view([{ id: 'proxy-2' }, { id: 'proxy-1', state: 'failed' }, { id: 'proxy-3' }]);
  const first = wanted.nodes[1] as NodeView;
  expect(manager.webService?.(wanted)?.fronts).toEqual(['10.0.0.2', '10.0.0.3']);
  expect(manager.irreplaceable?.(wanted, first)).toMatch(/holds the address/);
  const stable = { ...wanted, stableAddress: '203.0.113.5' };
  expect(manager.irreplaceable?.(stable, first)).toBeUndefined();
  expect(manager.address(stable)).toBe('http://10.0.0.2');
  const allRun = view([{ id: 'proxy-2' }, { id: 'proxy-1' }]);
  expect(manager.webService?.(allRun)?.fronts).toEqual(['10.0.0.1', '10.0.0.2']);
});

describe('moving the session store', () => {
  const source = (paused: boolean, offset: number) => ({ role: 'primary', synced: true, paused, offset });
  const copy = (synced: boolean, offset: number) => ({ role: 'replica', synced, paused: false, offset });
  const using = (session: string, retiring = 0) => ({ session, retiring });
  const cases: readonly {
    name: string;
    from: Record<string, unknown>;
    to: Record<string, unknown> | undefined;
    backends: readonly Record<string, unknown>[];
    inUse: string;
    paused: boolean;
    follows: boolean;
    done: boolean;
  }[] = [
    {
      name: 'the new one has not begun',
      from: source(false, 5),
      to: undefined,
      backends: [using('session-1')],
      ...{ inUse: 'session-1', paused: false, follows: true, done: false },
    },
    {
      name: 'it has not all yet',
      from: source(false, 5),
      to: copy(false, 0),
      backends: [using('session-1')],
      ...{ inUse: 'session-1', paused: false, follows: true, done: false },
    },
    {
      name: 'it has all: writes are held back',
      from: source(false, 5),
      to: copy(true, 5),
      backends: [using('session-1')],
      ...{ inUse: 'session-1', paused: true, follows: true, done: false },
    },
    {
      name: 'held back, but the last ones are not there yet',
      from: source(true, 9),
      to: copy(true, 5),
      backends: [using('session-1')],
      ...{ inUse: 'session-1', paused: true, follows: true, done: false },
    },
    {
      name: 'the last ones are there: backends change over',
      from: source(true, 9),
      to: copy(true, 9),
      backends: [using('session-1'), using('session-1')],
      ...{ inUse: 'session-2', paused: true, follows: true, done: false },
    },
    {
      name: 'one has, one has not yet',
      from: source(true, 9),
      to: copy(true, 9),
      backends: [using('session-2', 1), using('session-1')],
      ...{ inUse: 'session-2', paused: true, follows: true, done: false },
    },
    {
      name: 'all have: writes of earlier pages go on',
      from: source(true, 9),
      to: copy(true, 9),
      backends: [using('session-2', 1), using('session-2')],
      ...{ inUse: 'session-2', paused: false, follows: true, done: false },
    },
    {
      name: 'earlier pages still run',
      from: source(false, 10),
      to: copy(true, 10),
      backends: [using('session-2', 1), using('session-2')],
      ...{ inUse: 'session-2', paused: false, follows: true, done: false },
    },
    {
      name: 'earlier pages have ended: it stands alone',
      from: source(false, 10),
      to: copy(true, 10),
      backends: [using('session-2'), using('session-2')],
      ...{ inUse: 'session-2', paused: false, follows: false, done: false },
    },
    {
      name: 'it stands alone: the old one can go',
      from: source(false, 10),
      to: { ...source(false, 10) },
      backends: [using('session-2')],
      ...{ inUse: 'session-2', paused: false, follows: false, done: true },
    },
  ];
  const phases = ['draining', 'wanted'] as const;
  // The old store is drained once the new one runs: the move must go the same way before and after.
  const table = cases.flatMap((one) => phases.map((phase) => ({ ...one, phase })));
  test.each(table)('$name ($phase)', ({ phase, from, to, backends, inUse, paused, follows, done }) => {
    const wanted = view([
      { id: 'session-1', phase, detail: from },
      to ? { id: 'session-2', detail: to } : { id: 'session-2', seen: false },
      ...backends.map((detail, index) => ({ id: `backend-${index + 1}`, detail })),
    ]);
    expect(described<BackendConfiguration>(wanted, 'backend-1').session.node).toBe(inUse);
    expect(described<SessionConfiguration>(wanted, 'session-1').paused).toBe(paused);
    expect(described<SessionConfiguration>(wanted, 'session-2').replicaOf?.node).toBe(
      follows ? 'session-1' : undefined,
    );
    expect(manager.drained(wanted, wanted.nodes[0] as NodeView)).toBe(done);
  });

  test('a store that has failed is not waited for', () => {
    const wanted = view([
      { id: 'session-1', phase: 'draining', state: 'failed' },
      { id: 'session-2', detail: source(false, 0) },
      { id: 'backend-1' },
    ]);
    expect(described<BackendConfiguration>(wanted, 'backend-1').session.node).toBe('session-2');
  });

  test('a new store does not begin while nothing is known of the old one', () => {
    const wanted = view([
      { id: 'session-1', phase: 'draining', seen: false },
      { id: 'session-2', seen: false },
    ]);
    expect(described(wanted, 'session-2')).toBeUndefined();
  });
});

describe('methods', () => {
  test('update_php_configuration changes what is valid, and names what is not', async () => {
    const wanted = view([], { configuration: { memory_limit: '64M' } });
    const changed: string[] = [];
    const context = {
      view: wanted,
      change: async (text: string, mutate: (service: DesiredService) => void) => {
        changed.push(text);
        mutate(wanted.service);
      },
    } as unknown as ServiceContext;
    const update = manager.handlers['update_php_configuration'];
    const call = {} as Parameters<NonNullable<typeof update>>[2];
    await update?.(context, { phpconf: { max_execution_time: 60, memory_limit: null } }, call, undefined);
    expect(wanted.service.configuration).toEqual({ max_execution_time: 60 });
    await expect(update?.(context, { phpconf: { memory_limit: 'lots' } }, call, undefined)).rejects.toMatchObject({
      failure: { code: 'invalid_request', places: [{ path: 'phpconf.memory_limit' }] },
    });
    await expect(update?.(context, { phpconf: { nonsense: 1 } }, call, undefined)).rejects.toThrow(/nonsense/);
    expect(changed).toHaveLength(1);
  });
});
