/**
 * For the tests of `npm run test:peers`: Debian's own Keystone, Placement, Glance, Nova, Neutron and Cinder, with Nova's
 * and Cinder's own fake back ends: machines and volumes are records, everything else is real. Node built-ins only.
 */
import { say } from '../terminal.mjs';
import { configure, connection, databases, host, identity, password } from './configuration.mjs';
import { fillCatalogue, furnish } from './furnish.mjs';
import { openProcesses, until } from './processes.mjs';

const uwsgi = (address, port, file) => [
  'uwsgi',
  '--plugin=python3',
  '--http-socket',
  `${address}:${port}`,
  '--wsgi-file',
  file,
  '--master',
  '--die-on-term',
  '--processes=2',
  '--threads=2',
  '--lazy-apps',
  '--enable-threads',
  '--buffer-size=65535',
  // keystoneauth would take up connections that uwsgi has closed.
  '--add-header',
  'Connection: close',
];

/**
 * Starts it, from nothing each time; `install` was called before, which needs a network.
 * @returns what a user of a project enters, and what ends it all
 */
export async function startOpenStack() {
  configure();
  const processes = await openProcesses();
  try {
    const begun = performance.now();
    await startDatabase(processes);
    await startBroker(processes);
    await startKeystone(processes);
    await startServices(processes);
    const access = await furnish();
    say(`OpenStack serves ${identity} (started in ${Math.round((performance.now() - begun) / 1000)} s)`);
    return { access, stop: processes.stop };
  } catch (error) {
    await processes.stop();
    throw error;
  }
}

const socket = '/os/mysql.sock';
const sql = (processes, ...statements) =>
  processes.complete(['mariadb', '--no-defaults', `--socket=${socket}`, '-e', statements.join('; ')]);

async function startDatabase(processes) {
  await processes.complete([
    'mariadb-install-db',
    '--no-defaults',
    '--user=root',
    '--datadir=/os/mysql',
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
  ]);
  const command = ['mariadbd', '--no-defaults', '--user=root', '--datadir=/os/mysql', `--socket=${socket}`];
  const network = [`--bind-address=${host.database}`, '--skip-name-resolve', '--max-connections=500'];
  processes.start([...command, ...network, '--innodb-flush-log-at-trx-commit=0'], { log: 'database.log' });
  const grants = databases.flatMap((name) => [
    `CREATE DATABASE ${name}`,
    `GRANT ALL ON ${name}.* TO os@'%' IDENTIFIED BY '${password}'`,
  ]);
  await until('MariaDB answers', async () => {
    await sql(processes, 'SELECT 1');
    return true;
  });
  await sql(processes, ...grants);
}

async function startBroker(processes) {
  // RabbitMQ would start one that outlives it.
  processes.start(['epmd', '-address', '127.0.0.1'], { log: 'epmd.log' });
  const env = {
    HOME: '/os/rabbit',
    RABBITMQ_NODENAME: 'rabbit@localhost',
    RABBITMQ_NODE_IP_ADDRESS: host.database,
    RABBITMQ_DIST_PORT: '25672',
    RABBITMQ_MNESIA_BASE: '/os/rabbit/mnesia',
    RABBITMQ_LOG_BASE: '/os/log',
    RABBITMQ_ENABLED_PLUGINS_FILE: '/os/rabbit/plugins',
    ERL_EPMD_ADDRESS: '127.0.0.1',
  };
  processes.start(['/usr/lib/rabbitmq/bin/rabbitmq-server'], { env, log: 'rabbit.log' });
  await until('RabbitMQ runs', async () => {
    await processes.complete(['/usr/lib/rabbitmq/bin/rabbitmqctl', 'await_startup', '--timeout', '5'], { env });
    return true;
  });
}

async function startKeystone(processes) {
  const keystone = (...words) =>
    processes.complete(['keystone-manage', '--config-file', '/os/keystone.conf', ...words]);
  const root = ['--keystone-user', 'root', '--keystone-group', 'root'];
  await keystone('db_sync');
  await keystone('fernet_setup', ...root);
  await keystone('credential_setup', ...root);
  const faces = ['public', 'internal', 'admin'].flatMap((face) => [`--bootstrap-${face}-url`, identity]);
  await keystone('bootstrap', '--bootstrap-password', password, ...faces, '--bootstrap-region-id', 'RegionOne');
  processes.start(uwsgi(host.keystone, 5000, '/usr/bin/keystone-wsgi-public'), {
    env: { OS_KEYSTONE_CONFIG_FILES: '/os/keystone.conf' },
    log: 'keystone-uwsgi.log',
  });
  await fillCatalogue();
}

async function startServices(processes) {
  const { start, complete } = processes;
  const of = (...files) => files.flatMap((file) => ['--config-file', `/os/${file}`]);
  const neutron = of('neutron.conf', 'ml2.conf');
  const nova = (...words) => complete(['nova-manage', ...of('nova.conf'), ...words]);
  await Promise.all([
    complete(['placement-manage', ...of('placement/placement.conf'), 'db', 'sync']),
    complete(['glance-manage', ...of('glance.conf'), 'db_sync']),
    complete(['neutron-db-manage', ...neutron, 'upgrade', 'heads']),
    complete(['cinder-manage', ...of('cinder.conf'), 'db', 'sync']),
    (async () => {
      await nova('api_db', 'sync');
      await nova('cell_v2', 'map_cell0', '--database_connection', connection('nova_cell0'));
      await nova('db', 'sync');
      await nova('cell_v2', 'create_cell', '--name=cell1');
    })(),
  ]);
  // Without an agent no port can be bound; this one only exists on paper.
  const settings = '{"bridge_mappings": {}, "tunnel_types": [], "datapath_type": "system"}';
  const columns = [
    ['id', "'00000000-0000-4000-8000-000000000001'"],
    ['agent_type', "'Open vSwitch agent'"],
    ['binary', "'neutron-openvswitch-agent'"],
    ['topic', "'N/A'"],
    ['host', "'h1'"],
    ['admin_state_up', '1'],
    ['created_at', 'NOW()'],
    ['started_at', 'NOW()'],
    ['heartbeat_timestamp', "'2036-01-01 00:00:00'"],
    ['configurations', `'${settings}'`],
    ['resource_versions', "'{}'"],
    ['`load`', '0'],
  ];
  const names = columns.map(([name]) => (name.startsWith('`') ? name : `\`${name}\``)).join(', ');
  const values = columns.map(([, value]) => value).join(', ');
  await sql(processes, `INSERT INTO neutron.agents (${names}) VALUES (${values})`);

  start(uwsgi(host.placement, 8778, '/usr/bin/placement-api'), {
    env: { OS_PLACEMENT_CONFIG_DIR: '/os/placement' },
    log: 'placement-uwsgi.log',
  });
  start(['glance-api', ...of('glance.conf')], { log: 'glance-api.log' });
  start(['neutron-server', ...neutron], { log: 'neutron-server.log' });
  for (const program of ['nova-conductor', 'nova-scheduler', 'nova-api']) {
    start([program, ...of('nova.conf')], { log: `${program}.out` });
  }
  start(['nova-compute', ...of('nova-compute.conf')], { log: 'nova-compute.out' });
  for (const program of ['cinder-api', 'cinder-scheduler', 'cinder-volume']) {
    start([program, ...of('cinder.conf')], { log: `${program}.out` });
  }
}
