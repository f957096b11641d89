/** director cloud …: clouds that a director drives beside its own. */
import type { Command } from 'commander';
import type { Run } from '../program.ts';
import { table } from '../terminal.ts';
import { placeOf } from './place.ts';
import { parseSettings } from './services.ts';

interface AddOptions {
  readonly on?: string;
  readonly lend?: string;
  readonly set?: string[];
  readonly connected?: boolean;
  readonly directorAddress?: string;
}

export function directorCloudCommands(director: Command, run: Run): void {
  const cloud = director.command('cloud').description('Clouds that the director can put applications on');

  cloud
    .command('list')
    .description('All of them, and what the director acts there by')
    .action(
      run(async (session) => {
        const client = await session.director();
        const { signal } = session;
        const [clouds, access] = await Promise.all([
          client.call('list_clouds', {}, { signal }),
          client.call('get_cloud_access', {}, { signal }),
        ]);
        const full = clouds.map((one) => ({
          ...one,
          access: access.find(({ cloud: name }) => name === one.name)?.access ?? 'none',
        }));
        session.terminal.result(full, () =>
          table(
            ['cloud', 'kind', 'new applications', 'one network', 'access'],
            full.map((one) => [
              one.name,
              one.kind,
              one.default ? 'go here' : 'when chosen',
              one.connected === false ? 'no' : 'yes',
              one.access,
            ]),
          ),
        );
      }),
    );

  cloud
    .command('add')
    .argument('<name>', 'what it is called from now on')
    .option('--on <cloud>', 'credential or kind of cloud', 'local')
    .option(
      '--lend <credential>',
      'what the director gets in place of the credential of --on: another one, or "nothing"',
    )
    .option('--set <key=value...>', 'settings of the cloud, as size=t3.small')
    .option('--connected', "its machines and those of the director's cloud reach each other by their own addresses")
    .option(
      '--director-address <host>',
      'by which its machines reach the director, where this computer uses another one',
    )
    .description('Have the director drive a further cloud, or one that it has in another way')
    .action(
      run(async (session, options: AddOptions, name: string) => {
        const deployments = await session.deployments();
        const { cloud: kind, credential } = await placeOf(session, options.on ?? 'local');
        await deployments.addCloud({
          ...{ deployment: session.deployment, name, kind, signal: session.signal },
          ...(credential !== undefined && { credential }),
          ...(options.lend !== undefined && { lent: options.lend }),
          ...(options.set && { settings: parseSettings(options.set, false) }),
          ...(options.connected && { connected: true }),
          ...(options.directorAddress !== undefined && { director: options.directorAddress }),
        });
        session.terminal.result(
          { name, kind },
          () => `${name} is there. Put an application on it with: conpaas apply FILE --cloud ${name}`,
        );
      }),
    );

  cloud
    .command('remove')
    .argument('<name>')
    .description('Have the director forget a cloud on which nothing is any more')
    .action(
      run(async (session, _options, name: string) => {
        const deployments = await session.deployments();
        await deployments.removeCloud({ deployment: session.deployment, name, signal: session.signal });
        session.terminal.result({ name }, () => `${name} is forgotten.`);
      }),
    );
}
