/** HAProxy's runtime API. Source: https://docs.haproxy.org/2.6/management.html#9.3 */
import { connect } from 'node:net';
import { ConpaasError } from '../../../core/contract/errors.ts';
import { type MapEntry, type ServerGroup, serverGroups } from './haproxy-configuration.ts';

/** A server as HAProxy has it now. */
export interface LiveServer {
  readonly group: ServerGroup;
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly state: 'up' | 'down' | 'drain' | 'maintenance';
  readonly sessions: number;
  readonly total: number;
}

export interface HaproxyControl {
  /** Runs one command; throws where HAProxy answers with anything but `expected` (by default nothing). */
  run(command: string, expected?: RegExp): Promise<string>;
  servers(): Promise<LiveServer[]>;
}

const answerMs = 5_000;
/** A command must fit into one of HAProxy's buffers (16 KiB). */
const payloadBytes = 8_000;

export function haproxyControl(socket: string): HaproxyControl {
  async function run(command: string, expected = /^$/): Promise<string> {
    const answer = (await ask(socket, command)).trim();
    if (expected.test(answer)) return answer;
    const [first = ''] = command.split('\n');
    throw new ConpaasError('engine_failed', `HAProxy refused a change of its configuration.`, {
      log: [`${first}: ${answer}`],
    });
  }
  return {
    run,
    async servers() {
      return parseServers(await run('show stat -1 4 -1', /^# pxname/));
    },
  };
}

/** Whether the running HAProxy reads this map: one that an agent of an earlier version has started may not. */
export async function knowsMap(control: HaproxyControl, file: string): Promise<boolean> {
  // `<number> (<file>) pattern loaded from file '<file>' used by map at ...`
  return (await control.run('show map', /^/)).includes(`(${file})`);
}

/** Replaces the content of a map in one step: requests see the old map or the new one. */
export async function replaceMap(control: HaproxyControl, file: string, entries: readonly MapEntry[]): Promise<void> {
  const created = await control.run(`prepare map ${file}`, /New version created: \d+/);
  const version = /\d+/.exec(created)?.[0] ?? '0';
  let payload = '';
  const send = async () => {
    if (payload !== '') await control.run(`add map @${version} ${file} <<\n${payload}`);
    payload = '';
  };
  for (const [key, value] of entries) {
    if (payload.length + key.length + value.length > payloadBytes) await send();
    payload += `${key} ${value}\n`;
  }
  await send();
  await control.run(`commit map @${version} ${file}`);
}

function ask(path: string, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    let answer = '';
    socket.setEncoding('utf8');
    socket.setTimeout(answerMs, () => socket.destroy(new Error('HAProxy does not answer.')));
    socket.on('data', (text: string) => {
      answer += text;
    });
    socket.on('error', (error) => {
      reject(new ConpaasError('engine_failed', `HAProxy cannot be reached: ${error.message}.`, { retry: true }));
    });
    socket.on('close', () => resolve(answer));
    socket.end(`${command}\n`);
  });
}

/** `show stat` as CSV: the columns are named in its first line. */
function parseServers(csv: string): LiveServer[] {
  const [head = '', ...lines] = csv.split('\n');
  const columns = head.replace(/^# /, '').split(',');
  const at = (name: string) => columns.indexOf(name);
  const [group, name, status, current, total, address] = [
    at('pxname'),
    at('svname'),
    at('status'),
    at('scur'),
    at('stot'),
    at('addr'),
  ] as const;
  return lines.flatMap((line) => {
    const fields = line.split(',');
    const groupName = fields[group] ?? '';
    if (!Object.hasOwn(serverGroups, groupName)) return [];
    const full = fields[address] ?? '';
    const colon = full.lastIndexOf(':');
    return [
      {
        group: groupName as ServerGroup,
        name: fields[name] ?? '',
        address: full.slice(0, colon),
        port: Number(full.slice(colon + 1)),
        state: stateOf(fields[status] ?? ''),
        sessions: Number(fields[current]),
        total: Number(fields[total]),
      },
    ];
  });
}

/** e.g. `UP`, `UP 1/2` (going down), `DOWN 1/2`, `DRAIN`, `MAINT`, `no check`. */
function stateOf(status: string): LiveServer['state'] {
  if (status.startsWith('MAINT')) return 'maintenance';
  if (status.startsWith('DRAIN')) return 'drain';
  return status.startsWith('UP') || status === 'no check' ? 'up' : 'down';
}
