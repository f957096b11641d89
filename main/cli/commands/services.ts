/** service … and nodes …: what an application consists of. secret …: values that services are given. */
import type { Command } from 'commander';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import type { NodeInfo, ServiceInfo } from '../../../remote/core/contract/index.ts';
import type { Run } from '../program.ts';
import type { Session } from '../session.ts';
import { formatTime, table } from '../terminal.ts';
import { settingCommands } from './service-settings.ts';

export function serviceCommands(program: Command, run: Run): void {
  const service = program.command('service').description('Services of an application');

  service
    .command('list')
    .argument('<app>')
    .description('Services with state, roles and code version')
    .action(
      run(async (session, _options, application: string) => {
        const director = await session.director();
        const { services } = await director.call('get_application', { application }, { signal: session.signal });
        session.terminal.result(services, () =>
          table(
            ['name', 'type', 'state', 'nodes', 'code', 'cause'],
            services.map((one) => [one.name, one.type, one.state, roles(one), one.code?.active ?? '', one.cause ?? '']),
          ),
        );
      }),
    );

  service
    .command('show')
    .argument('<app>')
    .argument('<service>')
    .description('One service with its configuration')
    .action(
      run(async (session, _options, application: string, name: string) => {
        const manager = await session.manager(application);
        const info = await manager.call('get_service_info', { service: name }, { signal: session.signal });
        session.terminal.result(info, () => describeService(info));
      }),
    );

  service
    .command('add')
    .argument('<app>')
    .argument('<type>')
    .argument('<name>')
    .description('Add a service (stopped, without code)')
    .action(
      run(async (session, _options, application: string, type: string, name: string) => {
        const manager = await session.manager(application);
        const added = await manager.call('add_service', { type, name }, { signal: session.signal });
        await session.follow(added.operation);
        session.terminal.result(
          added,
          () => `${name} was added. Start it with: conpaas service start ${application} ${name}`,
        );
      }),
    );

  for (const [verb, method, done] of [
    ['start', 'startup', 'runs'],
    ['stop', 'stop', 'is stopped; its code and data are kept'],
  ] as const) {
    service
      .command(verb)
      .argument('<app>')
      .argument('<service>')
      .description(verb === 'start' ? 'Start a service' : 'Stop a service; code and data are kept')
      .action(
        run(async (session, _options, application: string, name: string) => {
          const { operation } = await session.begin(async (options) =>
            (await session.manager(application)).call(method, { service: name }, options),
          );
          await session.follow(operation);
          session.terminal.result({ operation }, () => `${name} ${done}.`);
        }),
      );
  }

  service
    .command('remove')
    .argument('<app>')
    .argument('<service>')
    .option('--yes', 'do not ask')
    .description('Remove a service with its code and data')
    .action(
      run(async (session, options: { yes?: boolean }, application: string, name: string) => {
        await session.confirm(
          `This removes the service ${name} of ${application} with its code and data.`,
          name,
          options.yes === true,
        );
        const { operation } = await session.begin(async (options) =>
          (await session.manager(application)).call('remove_service', { service: name, confirm: name }, options),
        );
        await session.follow(operation);
        session.terminal.result({ operation }, () => `${name} is gone.`);
      }),
    );

  service
    .command('configure')
    .argument('<app>')
    .argument('<service>')
    .argument('<settings...>', 'KEY=VALUE; VALUE is JSON where it can be read so, KEY= sets the default again')
    .option('--environment', 'the settings are environment variables (all of them: others are removed)')
    .description('Change the configuration of a service')
    .action(
      run(
        async (session, options: { environment?: boolean }, application: string, name: string, settings: string[]) => {
          const values = parseSettings(settings, options.environment === true);
          const change = options.environment
            ? { environment: values as Record<string, string> }
            : { configuration: values };
          const { operation } = await session.begin(async (options) =>
            (await session.manager(application)).call('set_configuration', { service: name, ...change }, options),
          );
          await session.follow(operation);
          session.terminal.result({ operation }, () => `${name} is configured.`);
        },
      ),
    );
  settingCommands(service, run);
}

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
        const { operation } = await session.begin(async (options) =>
          (await session.manager(application)).call('add_nodes', { service, nodes: counts }, options),
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
        const { operation } = await session.begin(async (options) =>
          (await session.manager(application)).call(
            'remove_nodes',
            {
              service,
              ...(Object.keys(counts).length > 0 ? { nodes: counts } : {}),
              ...(ids.length > 0 ? { ids } : {}),
            },
            options,
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
        const { operation } = await session.begin(async (options) =>
          (await session.manager(application)).call('restart_node', { node }, options),
        );
        await session.follow(operation);
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
        const { operation } = await session.begin(async (options) =>
          (await session.manager(application)).call('replace_node', { node }, options),
        );
        await finish(session, operation, application, service);
      }),
    );
}

export function secretCommands(program: Command, run: Run): void {
  const secret = program.command('secret').description('Secrets of an application: values are set, never shown');
  secret
    .command('list')
    .argument('<app>')
    .description('Names of the secrets, and which services use them')
    .action(
      run(async (session, _options, application: string) => {
        const director = await session.director();
        const all = await director.call('list_secrets', { application }, { signal: session.signal });
        session.terminal.result(all, () =>
          table(
            ['name', 'set', 'used by'],
            all.map((one) => [one.name, formatTime(one.updatedAt), one.usedBy.join(' ')]),
          ),
        );
      }),
    );
  secret
    .command('set')
    .argument('<app>')
    .argument('<name>')
    .description('Set a secret; its value is read from standard input (one trailing line end is not part of it)')
    .action(
      run(async (session, _options, application: string, name: string) => {
        const value = (await session.input()).replace(/\r?\n$/, '');
        if (value === '')
          throw new ConpaasError(
            'invalid_request',
            'The value is empty. Pipe it in: printf %s VALUE | conpaas secret set APP NAME',
          );
        const director = await session.director();
        await director.call('set_secret', { application, name, value }, { signal: session.signal });
        session.terminal.result({ name }, () => `${name} is set.`);
      }),
    );
  secret
    .command('delete')
    .argument('<app>')
    .argument('<name>')
    .description('Delete a secret')
    .action(
      run(async (session, _options, application: string, name: string) => {
        const director = await session.director();
        await director.call('delete_secret', { application, name }, { signal: session.signal });
        session.terminal.result({ name }, () => `${name} is gone.`);
      }),
    );
}

async function finish(session: Session, operation: string, application: string, service: string): Promise<void> {
  await session.follow(operation);
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

/** KEY=VALUE words; a VALUE that reads as JSON is that, an empty one null. */
export function parseSettings(settings: readonly string[], asText: boolean): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const setting of settings) {
    const at = setting.indexOf('=');
    if (at < 1) throw new ConpaasError('invalid_request', `"${setting}" is not KEY=VALUE.`);
    const text = setting.slice(at + 1);
    let value: unknown = text;
    if (!asText) {
      try {
        value = text === '' ? null : (JSON.parse(text) as unknown);
      } catch {
        value = text;
      }
    }
    values[setting.slice(0, at)] = value;
  }
  return values;
}

function roles(service: ServiceInfo): string {
  return service.roles
    .filter(({ count }) => count > 0)
    .map(({ name, count }) => `${name} ${count}`)
    .join(', ');
}

function nodeTable(nodes: readonly NodeInfo[]): string {
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

function describeService(service: ServiceInfo): string {
  const pairs = (values: Readonly<Record<string, unknown>>): string[] =>
    Object.entries(values).map(
      ([key, value]) => `  ${key} = ${typeof value === 'string' ? value : JSON.stringify(value)}`,
    );
  return [
    `${service.name} (${service.type}): ${service.state}${service.cause ? `, ${service.cause}` : ''}`,
    ...(service.address ? [`address  ${service.address}`] : []),
    ...(service.needs.length > 0 ? [`needs    ${service.needs.join(', ')}`] : []),
    ...(service.secrets.length > 0 ? [`secrets  ${service.secrets.join(', ')}`] : []),
    'configuration',
    ...pairs(service.configuration),
    ...(Object.keys(service.environment).length > 0 ? ['environment', ...pairs(service.environment)] : []),
    nodeTable(service.nodes),
  ].join('\n');
}
