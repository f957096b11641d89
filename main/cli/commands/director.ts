/** director backup, backups: the director's own safety. */
import type { Command } from 'commander';
import type { Run } from '../program.ts';
import { formatBytes, formatTime, table } from '../terminal.ts';

export function directorCommands(program: Command, run: Run): void {
  const director = program.command('director').description('Backups of the director, and its restoration');

  director
    .command('backup')
    .description('Back up what the director keeps to this computer, if anything has changed since the last backup')
    .option('--now', 'whether or not anything has changed')
    .action(
      run(async (session, options: { now?: boolean }) => {
        const deployments = await session.deployments();
        const how = { deployment: session.deployment, signal: session.signal };
        const taken = options.now ? await deployments.backUp(how) : await deployments.backUpChanges(how);
        session.terminal.result(
          taken ? { backup: taken.id, createdAt: taken.createdAt, fetched: taken.fetched } : { backup: null },
          () => (taken ? `${taken.id} is on this computer.` : 'Nothing has changed since the last backup.'),
        );
      }),
    );

  director
    .command('restore')
    .argument('[backup]', 'the newest where absent')
    .description('Make the director anew on another machine, from a backup; the one before it is destroyed')
    .option('--yes', 'do not ask')
    .action(
      run(async (session, options: { yes?: boolean }, backup?: string) => {
        const deployments = await session.deployments();
        const { id, name } = await deployments.find(session.deployment);
        const { backups } = await deployments.backups(id);
        const chosen = backup === undefined ? backups[0] : backups.find((one) => one.id === backup);
        const when = chosen ? `of ${formatTime(chosen.createdAt)} ` : '';
        await session.confirm(
          `This makes a new director for ${name} from the backup ${when}and destroys the machine of the present one.\n` +
            'Applications go on. What has happened since the backup is taken over from their managers where these answer;\n' +
            'applications made since then are lost.',
          name,
          options.yes === true,
        );
        const restored = await deployments.restore({
          deployment: id,
          ...(backup !== undefined && { backup }),
          onOperation: (operation) => session.terminal.progress(operation),
          signal: session.signal,
        });
        session.terminal.endProgress();
        const { state, director: address, epoch } = restored;
        session.terminal.result({ id, name, state, director: address, epoch }, () => `${name} has a new director.`);
      }),
    );

  director
    .command('backups')
    .description('Backups of the director on this computer')
    .action(
      run(async (session) => {
        const { backups, damaged, bytes } = await (await session.deployments()).backups(session.deployment);
        session.terminal.result({ backups, damaged, bytes }, () =>
          [
            backups.length === 0
              ? 'There is no backup yet. Make one with: conpaas director backup'
              : table(
                  ['backup', 'time', 'size', 'applications'],
                  backups.map((one) => [
                    one.id,
                    formatTime(one.createdAt),
                    formatBytes(one.size),
                    one.applications.join(', '),
                  ]),
                ),
            ...damaged.map(({ why }) => `Cannot be used: ${why}`),
          ].join('\n'),
        );
      }),
    );
}
