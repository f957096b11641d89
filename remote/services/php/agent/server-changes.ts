/** The commands that bring HAProxy's servers from what they are to what they should be. Pure. */
import type { Server } from '../configuration.ts';
import { groupNames, type ServerGroup, serverOptions } from './haproxy-configuration.ts';
import type { LiveServer } from './haproxy-control.ts';

export interface RuntimeCommand {
  readonly text: string;
  readonly expected?: RegExp;
  /** May fail now and is tried again later: a server can only be deleted when nothing is connected to it. */
  readonly later?: boolean;
}

export function planServerChanges(
  wanted: Readonly<Record<ServerGroup, readonly Server[]>>,
  live: readonly LiveServer[],
): RuntimeCommand[] {
  return groupNames.flatMap((group) => {
    const mine = live.filter((server) => server.group === group);
    return [
      ...wanted[group].flatMap((server) =>
        bringTo(
          group,
          server,
          mine.find(({ name }) => name === server.node),
        ),
      ),
      ...mine
        .filter(({ name }) => !wanted[group].some(({ node }) => node === name))
        .flatMap((server) => remove(server)),
    ];
  });
}

function bringTo(group: ServerGroup, server: Server, live: LiveServer | undefined): RuntimeCommand[] {
  const name = `${group}/${server.node}`;
  if (!live) {
    // A new server that drains has nothing to finish.
    if (server.state === 'drain') return [];
    return [
      {
        text: `add server ${name} ${server.address}:${server.port} ${serverOptions}`,
        expected: /New server registered/,
      },
      { text: `enable health ${name}` },
      { text: `enable server ${name}` },
    ];
  }
  const moved = live.address !== server.address || live.port !== server.port;
  const commands: RuntimeCommand[] = moved
    ? [{ text: `set server ${name} addr ${server.address} port ${server.port}`, expected: /changed|no need|^$/i }]
    : [];
  const drained = live.state === 'drain';
  if (server.state === 'drain') {
    if (!drained) commands.push({ text: `set server ${name} state drain` });
  } else if (drained || live.state === 'maintenance') commands.push({ text: `set server ${name} state ready` });
  return commands;
}

function remove(live: LiveServer): RuntimeCommand[] {
  const name = `${live.group}/${live.name}`;
  return [
    ...(live.state === 'maintenance' ? [] : [{ text: `set server ${name} state maint` }]),
    { text: `del server ${name}`, expected: /Server deleted/, later: true },
  ];
}
