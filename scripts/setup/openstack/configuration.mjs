/** Configuration files of the services, in /os of their root. Node built-ins only. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './install.mjs';

/** Loopback addresses of these services. */
export const host = {
  database: '127.77.4.2',
  keystone: '127.77.4.3',
  placement: '127.77.4.4',
  glance: '127.77.4.5',
  nova: '127.77.4.6',
  neutron: '127.77.4.7',
  cinder: '127.77.4.8',
};
export const identity = `http://${host.keystone}:5000/v3`;
/** Of everybody: nothing leaves loopback addresses, and all of it ends with the tests. */
export const password = 'password-of-these-tests';
export const databases = ['keystone', 'placement', 'glance', 'nova', 'nova_api', 'nova_cell0', 'neutron', 'cinder'];

export const connection = (name) => `mysql+pymysql://os:${password}@${host.database}/${name}?charset=utf8mb4`;
const rabbit = `rabbit://guest:guest@${host.database}:5672/`;

const signIn = (user) => ({
  auth_url: identity,
  auth_type: 'password',
  username: user,
  password,
  project_name: 'service',
  user_domain_id: 'default',
  project_domain_id: 'default',
  region_name: 'RegionOne',
});
/** @param type as the catalogue has it: without it, whoever signs in with access rules is refused */
const tokens = (user, type) => ({
  www_authenticate_uri: identity,
  ...signIn(user),
  service_token_roles_required: 'true',
  service_type: type,
});
const locks = (service) => ({ lock_path: `/os/locks/${service}` });

const nova = {
  DEFAULT: {
    transport_url: rabbit,
    host: 'h1',
    my_ip: host.nova,
    state_path: '/os/nova',
    log_dir: '/os/log',
    enabled_apis: 'osapi_compute',
    osapi_compute_listen: host.nova,
    osapi_compute_workers: '1',
    compute_driver: 'fake.FakeDriver',
    vif_plugging_is_fatal: 'false',
    vif_plugging_timeout: '0',
    // Pages: a few things each.
    osapi_max_limit: '3',
  },
  api: { auth_strategy: 'keystone', max_limit: '3' },
  keystone_authtoken: tokens('nova', 'compute'),
  service_user: { send_service_user_token: 'true', ...signIn('nova') },
  placement: signIn('placement'),
  glance: { api_servers: `http://${host.glance}:9292` },
  neutron: signIn('neutron'),
  cinder: signIn('cinder'),
  oslo_concurrency: locks('nova'),
  conductor: { workers: '1' },
  scheduler: { workers: '1', discover_hosts_in_cells_interval: '5' },
};

const files = {
  'keystone.conf': {
    DEFAULT: { log_file: '/os/log/keystone.log' },
    database: { connection: connection('keystone') },
    token: { provider: 'fernet' },
    fernet_tokens: { key_repository: '/os/fernet' },
    credential: { key_repository: '/os/credential' },
    cache: { enabled: 'false' },
    // bcrypt's usual cost makes each token a second here.
    identity: { password_hash_rounds: '4' },
  },
  'placement/placement.conf': {
    DEFAULT: { log_file: '/os/log/placement.log' },
    placement_database: { connection: connection('placement') },
    api: { auth_strategy: 'keystone' },
    keystone_authtoken: tokens('placement', 'placement'),
  },
  'glance.conf': {
    DEFAULT: { bind_host: host.glance, workers: '1', log_file: '/os/log/glance.log' },
    database: { connection: connection('glance') },
    keystone_authtoken: tokens('glance', 'image'),
    paste_deploy: { flavor: 'keystone', config_file: '/etc/glance/glance-api-paste.ini' },
    glance_store: { stores: 'file', default_store: 'file', filesystem_store_datadir: '/os/images' },
    oslo_concurrency: locks('glance'),
  },
  'nova.conf': {
    ...nova,
    api_database: { connection: connection('nova_api') },
    database: { connection: connection('nova') },
  },
  // Refuses to run where it could reach the database itself.
  'nova-compute.conf': nova,
  'neutron.conf': {
    DEFAULT: {
      transport_url: rabbit,
      core_plugin: 'ml2',
      service_plugins: 'router',
      auth_strategy: 'keystone',
      bind_host: host.neutron,
      state_path: '/os/neutron',
      log_file: '/os/log/neutron.log',
      api_workers: '1',
      rpc_workers: '0',
      rpc_state_report_workers: '0',
      notify_nova_on_port_status_changes: 'false',
      notify_nova_on_port_data_changes: 'false',
      pagination_max_limit: '3',
    },
    database: { connection: connection('neutron') },
    keystone_authtoken: tokens('neutron', 'network'),
    oslo_concurrency: locks('neutron'),
  },
  'ml2.conf': {
    ml2: {
      type_drivers: 'local',
      tenant_network_types: 'local',
      mechanism_drivers: 'openvswitch',
      extension_drivers: 'port_security',
    },
    securitygroup: { enable_security_group: 'true' },
  },
  'cinder.conf': {
    DEFAULT: {
      transport_url: rabbit,
      host: 'h1',
      my_ip: host.cinder,
      auth_strategy: 'keystone',
      state_path: '/os/cinder',
      log_dir: '/os/log',
      osapi_volume_listen: host.cinder,
      osapi_volume_workers: '1',
      osapi_max_limit: '3',
      enabled_backends: 'fake',
      glance_api_servers: `http://${host.glance}:9292`,
    },
    database: { connection: connection('cinder') },
    keystone_authtoken: tokens('cinder', 'volumev3'),
    // As Nova's: Glance then knows that Cinder asks for what a user with access rules has asked of Cinder.
    service_user: { send_service_user_token: 'true', ...signIn('cinder') },
    // Cinder's own, of its tests: volumes are records.
    fake: { volume_driver: 'cinder.tests.fake_driver.FakeLoggingVolumeDriver', volume_backend_name: 'fake' },
    oslo_concurrency: locks('cinder'),
    coordination: { backend_url: 'file:///os/cinder' },
  },
};

/** Writes them anew, with empty folders for all that services keep. */
export function configure() {
  const os = path.join(root, 'os');
  rmSync(os, { recursive: true, force: true });
  const folders = [
    'log',
    'images',
    'mysql',
    'rabbit',
    'nova',
    'neutron',
    'cinder',
    'placement',
    'fernet',
    'credential',
  ];
  for (const folder of folders) mkdirSync(path.join(os, folder), { recursive: true });
  for (const service of ['glance', 'nova', 'neutron', 'cinder']) {
    mkdirSync(path.join(os, 'locks', service), { recursive: true });
  }
  for (const [name, sections] of Object.entries(files)) {
    const text = Object.entries(sections).map(([section, values]) => {
      const lines = Object.entries(values).map(([key, value]) => `${key} = ${value}`);
      return `[${section}]\n${lines.join('\n')}\n`;
    });
    writeFileSync(path.join(os, name), text.join('\n'));
  }
}
