/** Every page of the window, and what it shows in each of its states. */
export interface ShownPage {
  readonly name: string;
  readonly hash: string;
  /** What is on it once it is complete. */
  readonly happy: string | RegExp;
  /** What it says where there is nothing yet; absent: it is never empty. */
  readonly empty?: string | RegExp;
  /** It asks the director for something when it opens, so that it may fail or have to wait. */
  readonly loads?: boolean;
}

const guestbook = '#/applications/app-guestbook';

export const pages: readonly ShownPage[] = [
  { name: 'applications', hash: '#/applications', happy: 'archive', empty: /Nothing runs yet/ },
  { name: 'new application', hash: '#/new', happy: /guestbook/i, empty: /guestbook/i },
  { name: 'manifests', hash: '#/editor', happy: /Ready-made/i },
  { name: 'application', hash: guestbook, happy: 'web-backend-2', empty: 'It is stopped.', loads: true },
  { name: 'logs', hash: `${guestbook}/logs`, happy: /Class "Foo" not found in/, empty: /No lines yet/ },
  { name: 'metrics', hash: `${guestbook}/metrics`, happy: 'Requests', empty: /No figures yet/, loads: true },
  {
    name: 'history',
    hash: `${guestbook}/history`,
    happy: /Make v2 of web live/,
    empty: /Nothing has been put/,
    loads: true,
  },
  { name: 'manifest', hash: `${guestbook}/manifest`, happy: 'StartupInstances', loads: true },
  { name: 'nodes', hash: `${guestbook}/services/web`, happy: 'web-backend-2', empty: 'It is stopped.', loads: true },
  { name: 'code', hash: `${guestbook}/services/web/code`, happy: 'Faster first page', empty: /No version yet/ },
  { name: 'configuration', hash: `${guestbook}/services/web/configuration`, happy: 'Upload max filesize' },
  { name: 'service logs', hash: `${guestbook}/services/web/logs`, happy: /Class "Foo" not found in/ },
  { name: 'service metrics', hash: `${guestbook}/services/web/metrics`, happy: 'Requests', loads: true },
  { name: 'methods of a service', hash: `${guestbook}/services/web/methods`, happy: /get_configuration/i },
  { name: 'database', hash: `${guestbook}/services/db/panel`, happy: 'entries', loads: true },
  { name: 'no such application', hash: '#/applications/app-gone', happy: /is not there/ },
  { name: 'operations', hash: '#/activity', happy: 'Apply guestbook', empty: /Nothing has happened yet/ },
  { name: 'events', hash: '#/activity/events', happy: /degraded/, empty: /Nothing has happened yet/, loads: true },
  { name: 'audit', hash: '#/activity/audit', happy: /apply manifest/, empty: /Nobody has changed/, loads: true },
  {
    name: 'clouds',
    hash: '#/clouds',
    happy: 'Clouds of this deployment',
    empty: /None yet|None are needed/,
    loads: true,
  },
  { name: 'machines', hash: '#/clouds/machines', happy: 'vm-lost', empty: /No machine/, loads: true },
  { name: 'volumes', hash: '#/clouds/volumes', happy: 'db-node-1', empty: /No volumes/, loads: true },
  { name: 'prices', hash: '#/clouds/prices', happy: 'not-priced', empty: /No prices/, loads: true },
  { name: 'quotas', hash: '#/clouds/quotas', happy: 'Virtual CPUs', empty: /No limits/, loads: true },
  { name: 'certificates', hash: '#/security', happy: 'When they end', loads: true },
  { name: 'access', hash: '#/security/access', happy: 'You are ann, the owner', loads: true },
  { name: 'vault', hash: '#/security/vault', happy: 'Export and import' },
  { name: 'settings', hash: '#/settings', happy: 'Data directory' },
  { name: 'help', hash: '#/help', happy: 'What runs where?' },
  { name: 'methods', hash: '#/methods', happy: 'apply_manifest' },
  { name: 'add a director', hash: '#/welcome', happy: 'Try it on this computer' },
];

/** What these pages ask the director and the managers for. */
export const reads: readonly string[] = [
  'get_application',
  'list_figures',
  'query_metrics',
  'list_history',
  'diff_history',
  'export_manifest',
  'list_events',
  'list_audit',
  'list_clouds',
  'list_machines',
  'list_offers',
  'list_volumes',
  'list_quotas',
  'list_certificates',
  'list_users',
  'list_secrets',
  'newest_metrics',
  'get_connection',
  'get_statistics',
  'get_costs',
];
