/** What the nodes of a PHP service tell of themselves. Where each figure comes from stands in its `doc`. */
import type { FigureSpec } from '../../core/metrics/figures.ts';

type Bare = Omit<FigureSpec, 'roles' | 'kind' | 'over'> & Partial<Pick<FigureSpec, 'kind' | 'over'>>;

const of = (roles: readonly string[], figures: readonly Bare[]): FigureSpec[] =>
  figures.map((figure) => ({
    kind: figure.unit === 'ms' ? 'percentile' : 'counter',
    over: figure.unit === 'ms' ? 'highest' : 'sum',
    ...figure,
    roles,
  }));

const percentile = (name: string, part: number, whose: string, chart: string): Bare => ({
  name,
  title: `p${part}`,
  unit: 'ms',
  chart,
  doc: `${part} of 100 requests were answered in this time or less: ${whose}. Over nodes and time the highest one is told.`,
});

const proxies =
  "by HAProxy's log, from the request's first byte to the answer's last, of the newest 256 KiB of it in each 5 s";
const nginx = "by nginx's access log, of the newest 256 KiB of it in each 5 s; health checks aside";

export const phpFigures: readonly FigureSpec[] = [
  ...of(
    ['proxy'],
    [
      {
        name: 'requests',
        title: 'Requests',
        unit: '1/s',
        chart: 'Requests',
        doc: 'Requests of users, counted by HAProxy.',
      },
      percentile('response_p50', 50, proxies, 'Response time'),
      percentile('response_p95', 95, proxies, 'Response time'),
      percentile('response_p99', 99, proxies, 'Response time'),
      {
        name: 'errors_4xx',
        title: '4xx',
        unit: '1/s',
        chart: 'Errors',
        doc: 'Answers that say the request was wrong.',
      },
      { name: 'errors_5xx', title: '5xx', unit: '1/s', chart: 'Errors', doc: 'Answers that say the server failed.' },
      { name: 'received', title: 'Received', unit: 'bytes/s', chart: 'Network', doc: 'Bytes from users, by HAProxy.' },
      { name: 'sent', title: 'Sent', unit: 'bytes/s', chart: 'Network', doc: 'Bytes to users, by HAProxy.' },
      {
        name: 'sessions',
        title: 'Connections',
        unit: 'count',
        kind: 'gauge',
        chart: 'Connections of users',
        doc: 'Connections of users that are open at the proxy.',
      },
      {
        name: 'proxy_queue',
        title: 'Waiting',
        unit: 'count',
        kind: 'gauge',
        chart: 'Waiting at the proxy',
        doc: 'Requests that wait for a free server.',
      },
      {
        name: 'proxy_retries',
        title: 'Retries',
        unit: '1/s',
        chart: 'Retries',
        doc: 'Requests given to another server because one did not answer. Users do not notice.',
      },
      {
        name: 'servers_up',
        title: 'Up',
        unit: 'count',
        kind: 'gauge',
        over: 'average',
        chart: 'Servers of a proxy',
        doc: 'Servers that a proxy finds well.',
      },
      {
        name: 'servers_down',
        title: 'Down',
        unit: 'count',
        kind: 'gauge',
        over: 'average',
        chart: 'Servers of a proxy',
        doc: 'Servers that a proxy finds unwell.',
      },
    ],
  ),
  ...of(
    ['proxy:server'],
    [
      {
        name: 'server_requests',
        title: 'Requests',
        unit: '1/s',
        chart: 'Requests by server',
        doc: 'Requests that the proxy gave to the server.',
      },
      {
        name: 'server_response',
        title: 'Average response time',
        unit: 'ms',
        kind: 'gauge',
        over: 'average',
        chart: 'Response time by server',
        doc: 'Average of the last 1,024 requests of the server, by HAProxy.',
      },
      {
        name: 'server_errors',
        title: 'Errors',
        unit: '1/s',
        chart: 'Errors by server',
        doc: 'Answers 5xx, failed connections and broken answers of the server.',
      },
      {
        name: 'server_sessions',
        title: 'Requests at work',
        unit: 'count',
        kind: 'gauge',
        chart: 'At work by server',
        doc: 'Requests that the server works on.',
      },
      {
        name: 'server_queue',
        title: 'Waiting',
        unit: 'count',
        kind: 'gauge',
        chart: 'At work by server',
        doc: 'Requests that wait for this very server.',
      },
      {
        name: 'server_up',
        title: 'Up',
        unit: 'share',
        kind: 'gauge',
        over: 'average',
        chart: 'Up by server',
        doc: 'Whether the proxy finds the server well: 1 or 0, and the share of the time between.',
      },
    ],
  ),
  ...of(
    ['web', 'backend'],
    [
      {
        name: 'nginx_requests',
        title: 'Requests',
        unit: '1/s',
        kind: 'rate',
        chart: 'Requests at nginx',
        doc: 'Lines of the access log. Above about 300 a second they are estimated from its growth; a gap where it was rotated.',
      },
      percentile('nginx_p50', 50, nginx, 'Response time at nginx'),
      percentile('nginx_p95', 95, nginx, 'Response time at nginx'),
      percentile('nginx_p99', 99, nginx, 'Response time at nginx'),
    ],
  ),
  ...of(
    ['backend'],
    [
      { name: 'fpm_pages', title: 'Pages', unit: '1/s', chart: 'Pages', doc: 'Pages that PHP-FPM has run.' },
      {
        name: 'fpm_active',
        title: 'Active',
        unit: 'count',
        kind: 'gauge',
        chart: 'PHP processes',
        doc: 'PHP processes at work on a page.',
      },
      {
        name: 'fpm_idle',
        title: 'Idle',
        unit: 'count',
        kind: 'gauge',
        chart: 'PHP processes',
        doc: 'PHP processes that wait for a page.',
      },
      {
        name: 'fpm_queue',
        title: 'Waiting',
        unit: 'count',
        kind: 'gauge',
        chart: 'Waiting at PHP',
        doc: 'Requests that wait for a free PHP process.',
      },
      {
        name: 'fpm_limit',
        title: 'Limit reached',
        unit: '1/s',
        chart: 'PHP limits',
        doc: 'Times that max_children kept PHP-FPM from starting another process.',
      },
      {
        name: 'fpm_slow',
        title: 'Slow',
        unit: '1/s',
        chart: 'PHP limits',
        doc: "Pages that took longer than PHP-FPM's request_slowlog_timeout, where that is set.",
      },
    ],
  ),
  ...of(
    ['session'],
    [
      {
        name: 'redis_commands',
        title: 'Commands',
        unit: '1/s',
        chart: 'Session commands',
        doc: 'Commands that Redis has run; our own look at it is one of them each two seconds.',
      },
      {
        name: 'redis_keys',
        title: 'Sessions',
        unit: 'count',
        kind: 'gauge',
        chart: 'Sessions',
        doc: 'Sessions that are kept.',
      },
      {
        name: 'redis_memory',
        title: 'Data',
        unit: 'bytes',
        kind: 'gauge',
        chart: 'Session data',
        doc: 'Memory that Redis uses for data.',
      },
      {
        name: 'redis_clients',
        title: 'Connections',
        unit: 'count',
        kind: 'gauge',
        chart: 'Session connections',
        doc: 'Connections of pages to Redis.',
      },
      {
        name: 'redis_received',
        title: 'Received',
        unit: 'bytes/s',
        chart: 'Session traffic',
        doc: 'Bytes that Redis got.',
      },
      { name: 'redis_sent', title: 'Sent', unit: 'bytes/s', chart: 'Session traffic', doc: 'Bytes that Redis gave.' },
    ],
  ),
];
