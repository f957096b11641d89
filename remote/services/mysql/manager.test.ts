import { expect, test } from 'vitest';
import { ApplicationId, NodeId, ServiceId } from '../../core/contract/ids.ts';
import type { Call } from '../../core/contract/method.ts';
import type { ServiceContext, ServiceView } from '../../core/service/manager.ts';
import { type DesiredService, emptyService } from '../../core/service/state.ts';
import { createServiceManager } from './manager.ts';
import { databaseName } from './names.ts';
import { MysqlNodeConfiguration } from './node-configuration.ts';
import { spec } from './spec.ts';

const manager = createServiceManager();

function view(more: { secrets?: Record<string, string>; running?: boolean; data?: Record<string, unknown> } = {}) {
  const service: DesiredService = {
    ...emptyService(ServiceId.parse('s1'), 'mysql', 'My Shop'),
    running: true,
    configuration: { max_connections: 300 },
    data: more.data ?? {},
  };
  const id = NodeId.parse('db-mysql-1');
  const desired = {
    id,
    service: service.id,
    role: 'mysql',
    slot: 'slot-1',
    phase: 'wanted' as const,
    restarts: 0,
    operation: 'op-1',
    createdAt: 0,
  };
  const observed = {
    node: id,
    state: 'running' as const,
    ports: { mysql: 3310 },
    detail: { database: 'my_shop', passwordVersion: 0 },
    restarts: 0,
    since: 0,
  };
  const result: ServiceView = {
    service,
    state: {
      schema: 1,
      application: ApplicationId.parse('app'),
      name: 'app',
      description: '',
      services: [service],
      nodes: [desired],
      nextService: 2,
      nextSlot: 2,
    },
    nodes: [
      more.running === false
        ? { desired, address: '127.1.2.3', observed: undefined, ports: {} }
        : { desired, address: '127.1.2.3', observed, ports: observed.ports },
    ],
    secrets: more.secrets ?? { 'My Shop-root': 'root-password', MY_SHOP_PASSWORD: 'user-password' },
    environment: {},
  };
  return result;
}

test('the node waits for its secrets, then is told everything', () => {
  expect(manager.generatedSecrets(view().service)).toEqual(['My Shop-root', 'MY_SHOP_PASSWORD']);
  expect(manager.describeNodes(view({ secrets: { MY_SHOP_PASSWORD: 'x' } })).size).toBe(0);
  const [configuration] = manager.describeNodes(view()).values();
  expect(MysqlNodeConfiguration.parse(configuration)).toMatchObject({
    database: 'my_shop',
    user: 'mysqldb',
    password: 'user-password',
    rootPassword: 'root-password',
    settings: { max_connections: 300, innodb_buffer_pool_size: '64M' },
  });
});

test('where the application is frozen the node is told so, and known to be once it has said so', () => {
  const plain = view();
  expect([...manager.describeNodes(plain).values()][0]).not.toHaveProperty('readOnly');
  const frozen: ServiceView = { ...plain, state: { ...plain.state, frozen: { hold: 'hold-of-mine' } } };
  const [configuration] = manager.describeNodes(frozen).values();
  expect(MysqlNodeConfiguration.parse(configuration).readOnly).toBe(true);
  expect(manager.isFrozen?.(frozen)).toBe(false);
  const [node] = frozen.nodes;
  if (!node?.observed) throw new Error('there is a node');
  const observed = { ...node.observed, detail: { ...node.observed.detail, readOnly: true } };
  expect(manager.isFrozen?.({ ...frozen, nodes: [{ ...node, observed }] })).toBe(true);
});

test('the password that the manifest refers to is used', () => {
  const referring = view({ data: { password: { Secret: 'DB' } }, secrets: { 'My Shop-root': 'r', DB: 'given' } });
  expect(manager.generatedSecrets(referring.service)).toEqual(['My Shop-root', 'DB']);
  expect(manager.provides(referring)).toMatchObject({ MY_SHOP_PASSWORD: 'given' });
});

test('services that need it get the variables of the original and their own', () => {
  expect(manager.provides(view())).toEqual({
    MYSQL_IP: '127.1.2.3',
    MYSQL_PORT: '3310',
    MY_SHOP_HOST: '127.1.2.3',
    MY_SHOP_PORT: '3310',
    MY_SHOP_USER: 'mysqldb',
    MY_SHOP_PASSWORD: 'user-password',
    MY_SHOP_DATABASE: 'my_shop',
  });
  expect(manager.provides(view({ running: false }))).toBeUndefined();
  expect(manager.address(view())).toBeUndefined();
});

test("a database never gets the name of one of MariaDB's own", () => {
  expect(['mysql', 'MySQL', 'sys', 'Çafé-1', 'performance schema'].map(databaseName)).toEqual([
    'mysql_db',
    'mysql_db',
    'sys_db',
    'cafe_1',
    'performance_schema_db',
  ]);
});

test('the connection is ready to be pasted, its password shown only when asked for', async () => {
  const context = { view: view() } as ServiceContext;
  const call = { user: 'ada' } as Call;
  const get = (reveal: boolean) => manager.handlers['get_connection']?.(context, { reveal }, call, undefined);
  expect(await get(false)).toEqual({
    command: 'mariadb --host 127.1.2.3 --port 3310 --user mysqldb -p my_shop',
    host: '127.1.2.3',
    port: 3310,
    user: 'mysqldb',
    database: 'my_shop',
  });
  expect(await get(true)).toMatchObject({ password: 'user-password' });
});

test('a new password has 8 printable characters or more', () => {
  const params = spec.managerMethods['set_password']?.params;
  const accepts = (password: string) => params?.safeParse({ service: 'db', password }).success;
  expect(['short', '12345678', 'with\nnewline', "quotes ' and \\"].map(accepts)).toEqual([false, true, false, true]);
});
