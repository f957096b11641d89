/** volume list: the disks that carry data, and outlive machines. */
import type { Command } from 'commander';
import type { Run } from '../program.ts';
import { table } from '../terminal.ts';
import { hoursPerMonth } from './costs.ts';

export function volumeCommands(program: Command, run: Run): void {
  const volume = program.command('volume').description('Volumes: disks with the data of nodes, which outlive machines');
  volume
    .command('list')
    .argument('[app]', 'of one application; else of all')
    .description('Which volumes there are, whose data they have, and what they cost')
    .action(
      run(async (session, _options, application: string | undefined) => {
        const director = await session.director();
        const { signal } = session;
        const [volumes, applications] = await Promise.all([
          director.call('list_volumes', application === undefined ? {} : { application }, { signal }),
          director.call('list_applications', {}, { signal }),
        ]);
        const nameOf = (id: string): string => applications.find((one) => one.id === id)?.name ?? id;
        session.terminal.list(
          volumes,
          () =>
            table(
              ['node', 'application', 'cloud', 'GB', 'state', 'machine', '$/month', 'cause'],
              volumes.map((one) => [
                ...[one.node, nameOf(one.application), one.cloud, String(one.sizeGb), one.state],
                one.attachedTo ?? '',
                one.pricePerHour === undefined ? 'unknown' : (one.pricePerHour * hoursPerMonth).toFixed(2),
                one.cause ?? '',
              ]),
            ),
          'There is no volume.',
        );
      }),
    );
}
