/** service script …, health, secrets: what is set of a service beside its configuration. */
import type { Command } from 'commander';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import type { Run } from '../program.ts';
import type { Session } from '../session.ts';

export function settingCommands(service: Command, run: Run): void {
  const script = service.command('script').description('The startup script of a service');
  script
    .command('show')
    .argument('<app>')
    .argument('<service>')
    .description('Print the startup script')
    .action(
      run(async (session, _options, application: string, name: string) => {
        const manager = await session.manager(application);
        const found = await manager.call('read_startup_script', { service: name }, { signal: session.signal });
        session.terminal.result(found, () => found.script ?? `${name} has no startup script.`);
      }),
    );
  script
    .command('set')
    .argument('<app>')
    .argument('<service>')
    .description('Set the startup script; it is read from standard input, and runs on each node at once')
    .action(
      run(async (session, _options, application: string, name: string) => {
        const text = await scriptOf(session, 'set', application, name);
        const { id: operation } = await session.change(application, (manager, begun) =>
          manager.call('write_startup_script', { service: name, script: text }, begun),
        );
        session.terminal.result({ operation }, () => `The startup script of ${name} is set.`);
      }),
    );
  script
    .command('remove')
    .argument('<app>')
    .argument('<service>')
    .description('Remove the startup script')
    .action(
      run(async (session, _options, application: string, name: string) => {
        const { id: operation } = await session.change(application, (manager, begun) =>
          manager.call('set_startup_script', { service: name, script: null }, begun),
        );
        session.terminal.result({ operation }, () => `${name} has no startup script any more.`);
      }),
    );
  script
    .command('try')
    .argument('<app>')
    .argument('<service>')
    .option('--node <node>', 'whose working directory is copied; a running one of the default role by default')
    .option('--network', 'let it use the network')
    .description('Run a script from standard input on a copy of a node’s working directory; nothing is changed')
    .action(
      run(async (session, options: { node?: string; network?: boolean }, application: string, name: string) => {
        const text = await scriptOf(session, 'try', application, name);
        const manager = await session.manager(application);
        const params = {
          service: name,
          script: text,
          network: options.network === true,
          ...(options.node === undefined ? {} : { node: options.node }),
        };
        let output = '';
        for await (const said of manager.stream('dry_run_script', params, { signal: session.signal })) {
          if (said.kind === 'output') output += said.text;
          if (said.kind !== 'ended') continue;
          const { ended, code, took, changed } = said;
          session.terminal.result({ ended, code, took, changed, output }, () =>
            [output.trimEnd(), ...changed.map((path) => `would change ${path}`)].filter(Boolean).join('\n'),
          );
          if (code === 0) return;
          const how = {
            itself: code === undefined ? 'was ended by a signal' : `ended with code ${code}`,
            timeout: 'did not end in time',
            too_much_output: 'said too much',
          };
          throw new ConpaasError('script_failed', `The script ${how[ended]}. Nothing was changed.`);
        }
      }),
    );
  service
    .command('health')
    .argument('<app>')
    .argument('<service>')
    .argument('[path]', 'that must answer with a status below 400, e.g. /health')
    .option('--timeout <seconds>', 'time it may take', '5')
    .option('--default', 'back to the default check')
    .description('Show or set how to tell that the code works')
    .action(
      run(
        async (
          session,
          options: { timeout: string; default?: boolean },
          application: string,
          name: string,
          path?: string,
        ) => {
          if (path === undefined && !options.default) {
            const manager = await session.manager(application);
            const { healthCheck } = await manager.call(
              'get_service_info',
              { service: name },
              { signal: session.signal },
            );
            session.terminal.result({ healthCheck: healthCheck ?? null }, () =>
              healthCheck
                ? `${healthCheck.path} within ${healthCheck.timeoutMs / 1000} s`
                : 'The default: / without a server error.',
            );
            return;
          }
          const seconds = Number(options.timeout);
          if (!(seconds >= 0.1 && seconds <= 120))
            throw new ConpaasError('invalid_request', '--timeout needs seconds from 0.1 to 120.');
          const healthCheck = path === undefined ? null : { path, timeoutMs: Math.round(seconds * 1000) };
          const { id: operation } = await session.change(application, (manager, begun) =>
            manager.call('set_health_check', { service: name, healthCheck }, begun),
          );
          session.terminal.result({ operation }, () => `The health check of ${name} is changed.`);
        },
      ),
    );
  service
    .command('secrets')
    .argument('<app>')
    .argument('<service>')
    .argument('[names...]', 'all of them: others are no longer given')
    .option('--none', 'give it none')
    .description('Show or set the secrets that the code of a service is given as environment variables')
    .action(
      run(async (session, { none = false }: { none?: boolean }, application: string, name: string, names: string[]) => {
        if (names.length === 0 && !none) {
          const manager = await session.manager(application);
          const { secrets } = await manager.call('get_service_info', { service: name }, { signal: session.signal });
          session.terminal.result({ secrets }, () => secrets.join('\n') || `${name} is given no secrets.`);
          return;
        }
        const { id: operation } = await session.change(application, (manager, begun) =>
          manager.call('set_service_secrets', { service: name, secrets: names }, begun),
        );
        session.terminal.result({ operation }, () => `${name} is given: ${names.join(', ') || 'no secrets'}.`);
      }),
    );
}

async function scriptOf(session: Session, verb: string, application: string, service: string): Promise<string> {
  const text = await session.input();
  if (text.trim() !== '') return text;
  throw new ConpaasError(
    'invalid_request',
    `The script is empty. Pipe it in: conpaas service script ${verb} ${application} ${service} < SCRIPT`,
  );
}
