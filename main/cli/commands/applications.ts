/** app …: applications. open: an application's address in a browser. */
import type { Command } from 'commander';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import type { ApplicationInfo, ApplicationSummary } from '../../../remote/core/contract/index.ts';
import { uncontainedWords } from '../../../remote/core/contract/manager.ts';
import { Placement } from '../../../remote/core/service/placement.ts';
import { openInBrowser } from '../browser.ts';
import type { Run } from '../program.ts';
import { findApplication } from '../session.ts';
import { formatTime, table } from '../terminal.ts';

export function applicationCommands(program: Command, run: Run): void {
  const app = program.command('app').description('Applications');

  app
    .command('list')
    .description('All applications')
    .action(
      run(async (session) => {
        const director = await session.director();
        const all = await director.call('list_applications', {}, { signal: session.signal });
        session.terminal.result(
          all,
          () => listed(all) || 'There is no application yet. Make one with: conpaas apply FILE',
        );
      }),
    );

  app
    .command('show')
    .argument('<app>')
    .description('One application with its services and nodes')
    .action(
      run(async (session, _options, application: string) => {
        const director = await session.director();
        const info = await director.call('get_application', { application }, { signal: session.signal });
        session.terminal.result(info, () => describeApplication(info));
      }),
    );

  app
    .command('create')
    .argument('<name>')
    .option('--cloud <name>', 'of the director; its default one where absent')
    .description('An empty application')
    .action(
      run(async (session, options: { cloud?: string }, name: string) => {
        const where = options.cloud === undefined ? {} : { cloud: options.cloud };
        const { application, operation } = await session.begin(async (begun) =>
          (await session.director()).call('create_application', { name, ...where }, begun),
        );
        await session.follow(operation);
        session.terminal.result(
          { application, name },
          () => `${name} is there. Next: conpaas service add ${name} TYPE NAME`,
        );
      }),
    );

  for (const [verb, method, done] of [
    ['start', 'start_application', 'runs again'],
    ['stop', 'stop_application', 'is stopped; its services, code and data are kept'],
  ] as const) {
    app
      .command(verb)
      .argument('<app>')
      .description(
        verb === 'start' ? 'Start a stopped application' : 'Stop an application; services, code and data are kept',
      )
      .action(
        run(async (session, _options, application: string) => {
          const { operation } = await session.begin(async (options) =>
            (await session.director()).call(method, { application }, options),
          );
          await session.follow(operation);
          session.terminal.result({ application, operation }, () => `${application} ${done}.`);
        }),
      );
  }

  app
    .command('rename')
    .argument('<app>')
    .argument('<name>')
    .description('Rename an application; its address stays')
    .action(
      run(async (session, _options, application: string, name: string) => {
        const director = await session.director();
        await director.call('rename_application', { application, name }, { signal: session.signal });
        session.terminal.result({ name }, () => `It is called ${name} now.`);
      }),
    );

  app
    .command('placement')
    .argument('<app>')
    .argument('[placement]', 'packed: as few machines as can be; spread: a machine for each node')
    .description('Where further nodes go; those that there are stay, and move when they are replaced')
    .action(
      run(async (session, _options, application: string, wanted?: string) => {
        const manager = await session.manager(application);
        if (wanted === undefined) {
          const { placement = 'packed' } = await manager.call('get_app_info', {}, { signal: session.signal });
          session.terminal.result({ placement }, () => placement);
          return;
        }
        const known = Placement.safeParse(wanted);
        if (!known.success) throw new ConpaasError('invalid_request', 'A placement is packed or spread.');
        await manager.call('set_placement', { placement: known.data }, { signal: session.signal });
        session.terminal.result({ placement: wanted }, () => `Further nodes of ${application} are ${wanted}.`);
      }),
    );

  app
    .command('duplicate')
    .argument('<app>')
    .argument('<name>', 'of the new application')
    .option('--no-secrets', 'do not copy the values of its secrets: set them afterwards')
    .option('--cloud <name>', 'of the director: all its services go there; where the original has them where absent')
    .description('A new application with the same manifest, code and configuration (not the data)')
    .action(
      run(async (session, options: { secrets: boolean; cloud?: string }, application: string, name: string) => {
        const director = await session.director();
        const all = await director.call('list_secrets', { application }, { signal: session.signal });
        const referred = await director.call('export_manifest', { application }, { signal: session.signal });
        const copySecrets = options.secrets ? all.map((one) => one.name).filter((one) => refersTo(referred, one)) : [];
        const where = options.cloud === undefined ? {} : { cloud: options.cloud };
        const begun = await session.begin(async (asked) =>
          (await session.director()).call('duplicate_application', { application, name, copySecrets, ...where }, asked),
        );
        const { outcome } = await session.follow(begun.operation);
        session.terminal.result(
          { ...begun, name, address: outcome?.['address'], copiedSecrets: copySecrets },
          () => outcome?.['address'] ?? `${name} is there.`,
        );
      }),
    );

  app
    .command('delete')
    .argument('<app>')
    .option('--yes', 'do not ask')
    .description('Delete an application with its code and data')
    .action(
      run(async (session, options: { yes?: boolean }, application: string) => {
        const { id, name, services } = await findApplication(session, application);
        const what = services.map((service) => `  ${service.name} (${service.type})`).join('\n');
        await session.confirm(`This deletes ${name} with all code and data:\n${what}`, name, options.yes === true);
        const { operation } = await session.begin(async (options) =>
          (await session.director()).call('delete_application', { application: id, confirm: name }, options),
        );
        await session.follow(operation);
        session.terminal.result({ application: id, name }, () => `${name} is gone.`);
      }),
    );

  app
    .command('accept-uncontained')
    .argument('<app>')
    .option('--words <words>', 'the words, for scripts')
    .option('--undo', 'take it back')
    .description('Run an application even on machines that cannot contain hosted code')
    .action(
      run(async (session, options: { words?: string; undo?: boolean }, application: string) => {
        if (!options.undo && options.words === undefined) {
          const warning =
            'Hosted code will run with the rights of the agent. It may read what is on that machine, keys of others included.';
          await session.confirm(warning, uncontainedWords, false);
        }
        const words = options.undo ? null : (options.words ?? uncontainedWords);
        const manager = await session.manager(application);
        await manager.call('accept_uncontained', { words }, { signal: session.signal });
        session.terminal.result({ application, accepted: words !== null }, () =>
          words === null
            ? `${application} runs on machines that can contain it only.`
            : `${application} runs on any machine now. An apply that failed goes on with: conpaas op retry OPERATION`,
        );
      }),
    );

  program
    .command('open')
    .argument('<app>')
    .description("Open an application's address in the browser")
    .action(
      run(async (session, _options, application: string) => {
        const { name, address } = await findApplication(session, application);
        if (address === undefined) throw new ConpaasError('conflict', `${name} has no address (is it running?).`);
        session.terminal.result({ address }, () => address);
        await openInBrowser(address);
      }),
    );
}

/** Whether a manifest refers to a secret: in `Secrets` of a service, or as its `Password`. */
function refersTo(manifest: Readonly<Record<string, unknown>>, secret: string): boolean {
  const services = Array.isArray(manifest['Services']) ? (manifest['Services'] as Record<string, unknown>[]) : [];
  return services.some(({ Secrets, Password }) => {
    const password = typeof Password === 'object' && Password !== null && 'Secret' in Password ? Password.Secret : '';
    return password === secret || (Array.isArray(Secrets) && Secrets.includes(secret));
  });
}

function listed(all: readonly ApplicationSummary[]): string {
  return table(
    ['name', 'state', 'address', 'services', 'nodes', 'cause'],
    all.map((one) => [
      one.name,
      one.state,
      one.address ?? '',
      one.services.map(({ name }) => name).join(' '),
      `${one.nodes.running}/${one.nodes.wanted}`,
      one.cause ?? '',
    ]),
  );
}

function describeApplication({ summary, services, warnings, description }: ApplicationInfo): string {
  const lines = [
    `${summary.name} (${summary.id}): ${summary.state}${summary.cause ? `, ${summary.cause}` : ''}`,
    ...(description ? [description] : []),
    ...(summary.address ? [`address  ${summary.address}`] : []),
    `created  ${formatTime(summary.createdAt)}`,
  ];
  for (const service of services) {
    const version = service.code?.active === undefined ? '' : `, code ${service.code.active}`;
    lines.push('', `${service.name} (${service.type}): ${service.state}${version}`);
    const rows = service.nodes.map((node) => [node.id, node.role, node.state, node.address ?? '', node.cause ?? '']);
    lines.push(table(['node', 'role', 'state', 'address', 'cause'], rows));
  }
  for (const warning of warnings) lines.push('', `Note: ${warning}`);
  return lines.join('\n');
}
