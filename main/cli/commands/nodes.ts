/** nodes …: the nodes of an application. */
import type { Command } from 'commander';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import type { NodeInfo } from '../../../remote/core/contract/index.ts';
import type { Run } from '../program.ts';
import type { Session } from '../session.ts';
import { table } from '../terminal.ts';

export function nodeCommands(program: Command, run: Run): void {
  const nodes = program.command('nodes').description('Nodes of an application');

  nodes
    .command('list')
    .argument('<app>')
    .argument('[service]')
    .description('Nodes with role, state and address')
    .action(
      run(async (session, _options, application: string, service?: string) => {
        const manager = await session.manager(application);
        const all = await manager.call('list_nodes', service === undefined ? {} : { service }, {
          signal: session.signal,
        });
        session.terminal.result(all, () => nodeTable(all));
      }),
    );

  const amounts = 'by role, e.g. --backend 2';
  nodes
    .command('add')
    .argument('<app>')
    .argument('<service>')
    .description(`Add nodes ${amounts}: that many more`)
    .allowUnknownOption()
    .allowExcessArguments()
    .action(
      run(async (session, _options, application: string, service: string, ...rest: unknown[]) => {
        const { counts } = parseRoles(rest);
        if (Object.keys(counts).length === 0)
          throw new ConpaasError('invalid_request', `Say how many nodes ${amounts}.`);
        const { id: operation } = await session.change(application, (manager, begun) =>
          manager.call('add_nodes', { service, nodes: counts }, begun),
        );
        await finish(session, operation, application, service);
      }),
    );

  nodes
    .command('remove')
    .argument('<app>')
    .argument('<service>')
    .description(`Remove nodes ${amounts} (the newest first), or by id with --id NODE; each is drained first`)
    .allowUnknownOption()
    .allowExcessArguments()
    .action(
      run(async (session, _options, application: string, service: string, ...rest: unknown[]) => {
        const { counts, ids } = parseRoles(rest);
        const { id: operation } = await session.change(application, (manager, begun) =>
          manager.call(
            'remove_nodes',
            {
              service,
              ...(Object.keys(counts).length > 0 ? { nodes: counts } : {}),
              ...(ids.length > 0 ? { ids } : {}),
            },
            begun,
          ),
        );
        await finish(session, operation, application, service);
      }),
    );

  nodes
    .command('restart')
    .argument('<app>')
    .argument('<node>')
    .description('Restart the engine of a node')
    .action(
      run(async (session, _options, application: string, node: string) => {
        const { id: operation } = await session.change(application, (manager, begun) =>
          manager.call('restart_node', { node }, begun),
        );
        session.terminal.result({ operation }, () => `${node} was restarted.`);
      }),
    );

  nodes
    .command('replace')
    .argument('<app>')
    .argument('<node>')
    .description('Start a fresh node in the place of one, then drain and remove that one')
    .action(
      run(async (session, _options, application: string, node: string) => {
        const manager = await session.manager(application);
        const { service } = await manager.call('get_node_info', { node }, { signal: session.signal });
        const { id: operation } = await session.change(application, (manager, begun) =>
          manager.call('replace_node', { node }, begun),
        );
        await finish(session, operation, application, service);
      }),
    );
}

async function finish(session: Session, operation: string, application: string, service: string): Promise<void> {
  const manager = await session.manager(application);
  const all = await manager.call('list_nodes', { service }, { signal: session.signal });
  session.terminal.result({ operation, nodes: all }, () => nodeTable(all));
}

/** `--backend 2 --id web-web-1`, which no fixed option list can name: roles belong to the service's type. */
export function parseRoles(rest: readonly unknown[]): { counts: Record<string, number>; ids: string[] } {
  const words = rest
    .filter((word) => typeof word === 'string')
    .flatMap((word) => (word.startsWith('--') ? word.split('=', 2) : [word]));
  const counts: Record<string, number> = {};
  const ids: string[] = [];
  for (let index = 0; index < words.length; index += 2) {
    const [option, value] = [words[index] ?? '', words[index + 1]];
    if (!option.startsWith('--') || value === undefined) {
      throw new ConpaasError(
        'invalid_request',
        `"${option}" is not understood. Write a role and a count, e.g. --backend 2.`,
      );
    }
    if (option === '--id') {
      ids.push(value);
      continue;
    }
    if (!/^[1-9][0-9]*$/.test(value))
      throw new ConpaasError('invalid_request', `${option} needs a whole number from 1, not "${value}".`);
    counts[option.slice(2)] = Number(value);
  }
  return { counts, ids };
}

export function nodeTable(nodes: readonly NodeInfo[]): string {
  return table(
    ['node', 'service', 'role', 'state', 'address', 'ports', 'cause'],
    nodes.map((node) => [
      node.id,
      node.service,
      node.role,
      node.state,
      node.address ?? '',
      Object.entries(node.ports)
        .map(([name, port]) => `${name}:${port}`)
        .join(' '),
      node.cause ?? '',
    ]),
  );
}
