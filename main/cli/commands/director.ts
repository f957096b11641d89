/** director backup, backups, restore, upgrade: the director's own safety and version. */
import type { Command } from 'commander';
import type { Deployments, UpgradePlan } from '../../deploy/index.ts';
import type { Run } from '../program.ts';
import type { Session } from '../session.ts';
import { formatBytes, formatTime, table } from '../terminal.ts';

export function directorCommands(program: Command, run: Run): void {
  const director = program.command('director').description('Backups of the director, its restoration, and its version');

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
    .command('upgrade')
    .description('Bring director, managers and agents to the version of this program, one by one, while all goes on')
    .option('--plan', 'only say what would be changed')
    .option('--back', 'go back to what ran before the last upgrade')
    .action(
      run(async (session, options: { plan?: boolean; back?: boolean }) => {
        const deployments = await session.deployments();
        const { id } = await deployments.find(session.deployment);
        const plan = options.plan
          ? await deployments.upgradePlan(id, session.signal)
          : await upgrade(session, deployments, id, options.back === true);
        session.terminal.result(plan, () => describePlan(plan));
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

/** Runs all of it where there is something to do. @returns how things are afterwards */
export async function upgrade(
  session: Session,
  deployments: Deployments,
  id: string,
  back = false,
): Promise<UpgradePlan> {
  const plan = await deployments.upgradePlan(id, session.signal);
  if (!back && plan.state === 'current') return plan;
  try {
    return await deployments.upgrade({
      deployment: id,
      back,
      onOperation: (operation) => session.terminal.progress(operation),
      signal: session.signal,
    });
  } finally {
    session.terminal.endProgress();
  }
}

/** In words. */
export function describePlan({ deployment, own, director, state, applications, blocked }: UpgradePlan): string {
  const rows = applications.flatMap(({ name, members }) =>
    members.map((one) => [
      name,
      one.role,
      one.address ?? one.vm,
      one.release ?? 'not told',
      one.failure?.message ?? '',
    ]),
  );
  const summary = {
    current: `${deployment} is up to date: ${director.release}.`,
    available: `${director.release ?? `version ${director.version}`} runs ${deployment}; this program has ${own?.id}.`,
    newer: `The director of ${deployment} is newer than this program.`,
  }[state];
  return [
    summary,
    ...(rows.length > 0 ? [table(['application', 'process', 'machine', 'runs', 'last failure'], rows)] : []),
    ...(blocked === undefined ? [] : [blocked]),
    ...(state === 'available' && blocked === undefined ? ['Upgrade it with: conpaas director upgrade'] : []),
  ].join('\n');
}
