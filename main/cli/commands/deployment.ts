/** up, stop, destroy, status: deployments on this desktop. */
import type { Command } from 'commander';
import { usualKind } from '../../../remote/core/clouds/index.ts';
import { toFailure } from '../../../remote/core/contract/errors.ts';
import { type Deployment, type DeploymentStatus, missedAt } from '../../deploy/index.ts';
import type { Run } from '../program.ts';
import type { Session } from '../session.ts';
import { formatTime, table } from '../terminal.ts';
import { upgrade } from './director.ts';
import { placeOf } from './place.ts';
import { parseSettings } from './services.ts';

export function deploymentCommands(program: Command, run: Run): void {
  program
    .command('up')
    .description('Make the deployment run: a new one, or one that was stopped or lost its processes')
    .option('--cloud <name>', `credential or kind of cloud of a new deployment; ${usualKind()} where absent`)
    .option(
      '--lend <credential>',
      'of a new deployment: what its director gets in place of the credential of --cloud: another one, or "nothing"',
    )
    .option('--set <key=value...>', 'settings of the cloud of a new deployment, as size=t3.small')
    .option(
      '--no-upgrade',
      'of a director on this computer: leave it as it is, though this program has another version',
    )
    .addHelpText('after', '\nOne more deployment, beside the one there is: conpaas --deployment NAME up')
    .action(
      run(async (session, options: { cloud?: string; lend?: string; set?: string[]; upgrade: boolean }) => {
        const deployments = await session.deployments();
        const settings = options.set && parseSettings(options.set, false);
        const goOn = () => session.terminal.note('What is done so far is kept. Go on with: conpaas up');
        session.signal.addEventListener('abort', goOn);
        const deployment = await deployments.up({
          deployment: session.deployment,
          ...(options.cloud !== undefined && (await placeOf(session, options.cloud))),
          ...(options.lend !== undefined && { lent: options.lend }),
          ...(settings && { settings }),
          owner: session.owner,
          onOperation: (operation) => session.terminal.progress(operation),
          signal: session.signal,
        });
        session.signal.removeEventListener('abort', goOn);
        session.terminal.endProgress();
        await upgradeOrTell(session, deployment, options.upgrade);
        const { id, name, state, director } = await deployments.find(deployment.id);
        const missed = missedAt(deployment);
        if (missed !== undefined) session.terminal.note(missed);
        session.terminal.result({ id, name, state, director }, () => `${name} is running. Next: conpaas apply FILE`);
      }),
    );

  program
    .command('stop')
    .description('End everything of the deployment on this computer; code and data stay, "conpaas up" starts it again')
    .action(
      run(async (session) => {
        const deployments = await session.deployments();
        const { id, name } = await deployments.find(session.deployment);
        await deployments.stop({
          deployment: id,
          onOperation: (operation) => session.terminal.progress(operation),
          signal: session.signal,
        });
        session.terminal.endProgress();
        session.terminal.result(
          { id, name, state: 'stopped' },
          () => `${name} is stopped. Its code and data are kept.`,
        );
      }),
    );

  program
    .command('destroy')
    .description('Remove the deployment with all its applications, code and data')
    .option('--yes', 'do not ask')
    .option('--leave <cloud...>', 'give up what is on clouds that are gone for good, and destroy the rest')
    .action(
      run(async (session, options: { yes?: boolean; leave?: string[] }) => {
        const deployments = await session.deployments();
        const { id, name, access, cloud } = await deployments.find(session.deployment);
        const leave = options.leave ?? [];
        const isHome = leave.includes(cloud.kind) && cloud.credential === undefined;
        const where = isHome ? `--cloud ${cloud.kind}` : '--credential NAME';
        if (!options.yes) {
          const elsewhere = access === 'device' ? undefined : (await deployments.backups(id)).elsewhere;
          const volume =
            elsewhere?.kind === 'volume'
              ? `\nThe volume with backups of its director goes, too (${elsewhere.label}).`
              : '';
          const applications = await session
            .director()
            .then((director) => director.call('list_applications', {}, { signal: session.signal }))
            .then((all) => all.map((one) => `  ${one.name} (${one.nodes.wanted} nodes)`))
            .catch(() => ['  (its director does not answer, so its applications cannot be listed)']);
          const list = applications.length > 0 ? applications.join('\n') : '  (no applications)';
          const what = `This removes the deployment ${name} with all code and data:\n${list}${volume}`;
          await session.confirm(what, name, false);
        }
        await deployments.destroy({
          ...{ deployment: id, leave },
          onOperation: (operation) => session.terminal.progress(operation),
          signal: session.signal,
        });
        session.terminal.endProgress();
        session.terminal.result({ id, name, state: 'destroyed', ...(leave.length > 0 && { left: leave }) }, () =>
          leave.length === 0
            ? `${name} is gone; nothing of it is left.`
            : `${name} is gone, but for what is on ${leave.join(', ')}. Should one come back: conpaas cloud sweep --abandoned ${id} ${where}`,
        );
      }),
    );

  program
    .command('status')
    .description('How the deployment and its applications are')
    .action(
      run(async (session) => {
        const deployments = await session.deployments();
        const all = await deployments.list();
        const chosen = session.deployment === undefined ? all : [await deployments.find(session.deployment)];
        const states = await Promise.all(chosen.map(({ id }) => deployments.status(id, session.signal)));
        const full = await Promise.all(states.map((status) => withApplications(session, status)));
        session.terminal.result(
          full.map(({ deployment, state, director, failure, applications }) => ({
            id: deployment.id,
            name: deployment.name,
            cloud: deployment.cloud.kind,
            state,
            director,
            failure,
            applications,
          })),
          () =>
            full.length === 0
              ? 'There is no deployment yet. Make one with: conpaas up'
              : full.map(describeDeployment).join('\n\n'),
        );
      }),
    );
}

/** A director that has just answered may be gone by the next question: then it is one that does not answer. */
async function withApplications(session: Session, status: DeploymentStatus) {
  if (status.director === undefined) return { ...status, applications: [] };
  const { signal } = session;
  try {
    const director = await (await session.deployments()).directorClient(status.deployment.id, signal);
    return { ...status, applications: await director.call('list_applications', {}, { signal }) };
  } catch (error) {
    const failure = toFailure(error);
    if (failure.code !== 'unreachable' || signal.aborted) throw error;
    return { ...status, state: 'unreachable' as const, director: undefined, failure, applications: [] };
  }
}

/** On this computer `up` brings all to this program's version; elsewhere it only says that it could be brought there. */
async function upgradeOrTell(session: Session, { id, cloud, access }: Deployment, wanted: boolean): Promise<void> {
  const deployments = await session.deployments();
  const plan = await deployments.upgradePlan(id, session.signal);
  if (plan.state !== 'available') return;
  if (cloud.kind !== 'local' || access === 'device' || !wanted || plan.blocked !== undefined) {
    session.terminal.note(
      plan.blocked ?? 'This program has another version of the director. See: conpaas director upgrade --plan',
    );
    return;
  }
  await upgrade(session, deployments, id);
}

function describeDeployment(
  status: DeploymentStatus & {
    applications: readonly {
      name: string;
      state: string;
      cause?: string | undefined;
      address?: string | undefined;
      nodes: { running: number; wanted: number };
    }[];
  },
): string {
  const { deployment, state, director, failure, applications } = status;
  const since = director ? `, director up since ${formatTime(director.startedAt)}` : '';
  const head = `${deployment.name} (${deployment.cloud.kind}): ${state}${since}${failure ? `: ${failure.message}` : ''}`;
  const rows = applications.map((one) => [
    one.name,
    one.state,
    one.address ?? '',
    `${one.nodes.running}/${one.nodes.wanted}`,
    one.cause ?? '',
  ]);
  const list = table(['application', 'state', 'address', 'nodes', 'cause'], rows);
  return list === '' ? head : `${head}\n${list}`;
}
