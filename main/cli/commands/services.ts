/** service …: what an application consists of. */
import type { Command } from 'commander';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import type { ServiceInfo } from '../../../remote/core/contract/index.ts';
import type { Run } from '../program.ts';
import { table } from '../terminal.ts';
import { nodeTable } from './nodes.ts';
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
          const { id: operation } = await session.change(application, (manager, begun) =>
            manager.call(method, { service: name }, begun),
          );
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
        const { id: operation } = await session.change(application, (manager, begun) =>
          manager.call('remove_service', { service: name, confirm: name }, begun),
        );
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
          const { id: operation } = await session.change(application, (manager, begun) =>
            manager.call('set_configuration', { service: name, ...change }, begun),
          );
          session.terminal.result({ operation }, () => `${name} is configured.`);
        },
      ),
    );
  settingCommands(service, run);
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
