/** HAProxy's counters as figures. Source: https://docs.haproxy.org/2.6/management.html#9.1 */
import { percentiles } from '../../../core/metrics/log-sample.ts';
import type { NodeMeasurement } from '../../../core/service/agent.ts';
import { serverGroups } from './haproxy-configuration.ts';

/** Frontends, backends and servers: types 1, 2 and 4. */
export const statCommand = 'show stat -1 7 -1';

type Line = (column: string) => string;

/** Lines of `show stat`; the columns are named in its first line. */
function linesOf(csv: string): Line[] {
  const [head = '', ...lines] = csv.split('\n');
  const columns = new Map(
    head
      .replace(/^# /, '')
      .split(',')
      .map((name, index) => [name, index]),
  );
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const fields = line.split(',');
      return (column) => fields[columns.get(column) ?? -1] ?? '';
    });
}

interface ServerSum {
  requests: number;
  /** Response times weighted by requests. */
  weighted: number;
  errors: number;
  sessions: number;
  queue: number;
  up: boolean;
}

/** Figures of a proxy and of each server behind it; a node that stands in several groups is told once. */
export function statFigures(csv: string): NodeMeasurement {
  const figures: Record<string, number> = {};
  const servers = new Map<string, ServerSum>();
  let [queue, retries] = [0, 0];
  for (const line of linesOf(csv)) {
    const number = (column: string) => Number(line(column)) || 0;
    const name = line('svname');
    if (name === 'FRONTEND' && line('pxname') === 'users') {
      figures['requests'] = number('req_tot');
      figures['errors_4xx'] = number('hrsp_4xx');
      figures['errors_5xx'] = number('hrsp_5xx');
      figures['received'] = number('bin');
      figures['sent'] = number('bout');
      figures['sessions'] = number('scur');
    } else if (name === 'BACKEND') {
      queue += number('qcur');
      retries += number('wretr') + number('wredis');
    } else if (Object.hasOwn(serverGroups, line('pxname'))) {
      const sum = servers.get(name) ?? { requests: 0, weighted: 0, errors: 0, sessions: 0, queue: 0, up: true };
      servers.set(name, sum);
      sum.requests += number('stot');
      sum.weighted += number('stot') * number('rtime');
      sum.errors += number('hrsp_5xx') + number('econ') + number('eresp');
      sum.sessions += number('scur');
      sum.queue += number('qcur');
      sum.up &&= /^(UP|DRAIN|no check)/.test(line('status'));
    }
  }
  const all = [...servers.values()];
  const up = all.filter((server) => server.up).length;
  return {
    figures: {
      ...figures,
      proxy_queue: queue,
      proxy_retries: retries,
      servers_up: up,
      servers_down: all.length - up,
    },
    parts: Object.fromEntries(
      [...servers].map(([name, server]) => [
        `server/${name}`,
        {
          server_requests: server.requests,
          server_response: server.requests > 0 ? server.weighted / server.requests : undefined,
          server_errors: server.errors,
          server_sessions: server.sessions,
          server_queue: server.queue,
          server_up: server.up ? 1 : 0,
        },
      ]),
    ),
  };
}

/** `option httplog` writes `TR/Tw/Tc/Tr/Ta status`: Ta is the whole time, ms; -1 and `+` where it was broken off. */
const timers = / -?\d+\/-?\d+\/-?\d+\/-?\d+\/\+?(\d+) (\d{3}) /;

/** Percentiles of response times of lines of HAProxy's log. */
export function logFigures(lines: readonly string[]): Record<string, number | undefined> {
  const times = lines.flatMap((line) => {
    const [, time] = timers.exec(line) ?? [];
    return time === undefined ? [] : [Number(time)];
  });
  const [p50, p95, p99] = percentiles(times, [0.5, 0.95, 0.99]);
  return { response_p50: p50, response_p95: p95, response_p99: p99 };
}
