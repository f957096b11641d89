/** Text of HAProxy's configuration. Source: https://docs.haproxy.org/2.6/configuration.html */
import type { Server } from '../configuration.ts';
import { healthPath, notBegun, notBegunHeader } from './nginx-configuration.ts';

/**
 * Backends in HAProxy's sense. `pages` and `writes` are the same nodes: a GET or HEAD that got no byte is tried on
 * another one, anything else is passed on once and only once.
 */
export const serverGroups = { pages: 'backend', writes: 'backend', files: 'web' } as const;
export type ServerGroup = keyof typeof serverGroups;
export const groupNames = Object.keys(serverGroups) as ServerGroup[];

/** What the names of the service are answered by. It changes at run time, so all of it is in files of its own. */
export interface HttpsFiles {
  /** Certificates by name: HAProxy's crt-list. */
  readonly list: string;
  /** Map file: where HTTP requests for a name are sent. */
  readonly redirects: string;
  /** Map file: Strict-Transport-Security by name. */
  readonly hsts: string;
  /** Map file: answers by path, for authorities that ask whether a name leads here (RFC 8555 8.3). */
  readonly challenges: string;
}

export interface HaproxySettings {
  readonly address: string;
  readonly port: number;
  readonly controlSocket: string;
  readonly httpsPort: number;
  /** Map file: the paths that web nodes serve. */
  readonly staticMap: string;
  /** Map file: whether requests that change something are refused for now, see `holdEntries`. */
  readonly holdMap: string;
  readonly https: HttpsFiles;
  readonly backends: readonly Server[];
  readonly webs: readonly Server[];
}

/**
 * What the map of `holdMap` holds while nothing is to be changed: data that is being copied elsewhere would go without
 * it. One key, since a map is what HAProxy can change while it runs.
 */
export const holdEntries = (holds: boolean): MapEntry[] => (holds ? [['writes', '1']] : []);

/** When whoever was refused may try again, seconds (Retry-After, RFC 9110 10.2.3). */
const retryAfter = 10;
const heldPage = [
  '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
  '<title>One moment</title><body style="font-family: system-ui; max-width: 34em; margin: 4em auto; padding: 0 1em">',
  '<h1>One moment, please</h1><p>This site is being moved. It can be read, but takes no changes just now.</p>',
  '<p>Nothing of what you sent was done. Please send it again in a moment.</p>',
].join('');

/**
 * How a server is checked and its idle connections kept; for `add server` at run time and in the file alike. The pool's
 * values are the documented defaults, but a server added at run time has none: each request would open a connection.
 */
export const serverOptions =
  'check inter 500ms fastinter 150ms downinter 150ms fall 2 rise 1 pool-purge-delay 5s pool-max-conn -1';

/** The servers of each group. */
export function serversByGroup(of: Pick<HaproxySettings, 'backends' | 'webs'>): Record<ServerGroup, readonly Server[]> {
  return { pages: of.backends, writes: of.backends, files: of.webs };
}

export function haproxyConfiguration(settings: HaproxySettings): string {
  const groups = serversByGroup(settings);
  const { https } = settings;
  const servers = (group: ServerGroup) =>
    groups[group]
      // One that drains has nothing to finish in a process that reads this.
      .filter(({ state }) => state === 'ready')
      .map((server) => `  server ${server.node} ${server.address}:${server.port} ${serverOptions}`);
  const group = (name: ServerGroup, ...lines: string[]) => [
    `backend ${name}`,
    '  balance roundrobin',
    `  option httpchk GET ${healthPath}`,
    '  http-check expect status 200',
    ...lines,
    ...servers(name),
    '',
  ];
  return `${[
    'global',
    `  stats socket ${settings.controlSocket} mode 600 level admin`,
    '  stats timeout 30s',
    '  log stdout format raw local0 info',
    '  maxconn 8000',
    // Fewer where the machine allows fewer files, rather than no proxy at all.
    '  no strict-limits',
    '  hard-stop-after 30s',
    '',
    'defaults',
    '  mode http',
    '  log global',
    '  option httplog',
    '  option dontlognull',
    '  option forwardfor',
    '  timeout connect 2s',
    '  timeout http-request 30s',
    '  timeout http-keep-alive 75s',
    '  timeout client 10m',
    // The limit of a page is kept by its backend; this is for one that has vanished.
    '  timeout server 10m',
    '  timeout queue 30s',
    '  timeout check 5s',
    '  retries 3',
    // Each retry goes to another server.
    '  option redispatch 1',
    '',
    'frontend users',
    `  bind ${settings.address}:${settings.port}`,
    // Who names no site that we have a certificate of gets no connection. So it can begin without any, too.
    `  bind ${settings.address}:${settings.httpsPort} ssl crt-list ${https.list} strict-sni alpn h2,http/1.1 ssl-min-ver TLSv1.2`,
    // The first of all: authorities ask by HTTP, and follow no redirect to a name without a certificate.
    `  http-request return status 200 content-type text/plain lf-string "%[path,map(${https.challenges})]" if { path,map(${https.challenges}) -m found }`,
    '  http-request set-var(txn.name) req.hdr(host),host_only,lower',
    `  http-request redirect code 308 location https://%[var(txn.name),map(${https.redirects})]%[pathq] if !{ ssl_fc } { var(txn.name),map(${https.redirects}) -m found }`,
    `  http-response set-header Strict-Transport-Security %[var(txn.name),map(${https.hsts})] if { ssl_fc } { var(txn.name),map(${https.hsts}) -m found }`,
    '  http-request return status 404 if { path,url_dec -i -m beg /.conpaas }',
    '  http-request del-header X-ConPaaS-Tree',
    '  http-request set-header X-Forwarded-Proto http if !{ ssl_fc }',
    '  http-request set-header X-Forwarded-Proto https if { ssl_fc }',
    '  acl read method GET HEAD',
    `  acl held str(writes),map(${settings.holdMap}) -m found`,
    `  http-request return status 503 hdr Retry-After ${retryAfter} content-type text/html string '${heldPage}' if held !read !METH_OPTIONS`,
    `  acl static path,map(${settings.staticMap}) -m found`,
    '  use_backend files if read static { nbsrv(files) gt 0 }',
    '  use_backend writes if !read',
    '  default_backend pages',
    '',
    ...group('pages', `  retry-on conn-failure empty-response response-timeout ${notBegun} 502`, ...unbegun),
    // A fresh connection each: one that the backend closes as we write to it would leave us guessing.
    ...group(
      'writes',
      '  option http-server-close',
      '  http-reuse never',
      `  retry-on conn-failure ${notBegun}`,
      ...unbegun,
    ),
    ...group('files', '  retry-on conn-failure empty-response response-timeout 502'),
  ].join('\n')}\n`;
}

/** To users, a request that no backend could begin is simply "unavailable". */
const unbegun = [
  `  http-response set-status 503 reason "Service Unavailable" if { status ${notBegun} } { res.hdr(${notBegunHeader}) -m found }`,
  `  http-response del-header ${notBegunHeader}`,
];

/** A map file's text. */
export function mapText(entries: readonly MapEntry[]): string {
  return entries.map(([key, value]) => `${key} ${value}\n`).join('');
}

/** Key and value; neither holds a line break, the key no blank. */
export type MapEntry = readonly [key: string, value: string];
