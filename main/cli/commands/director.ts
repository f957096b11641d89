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
