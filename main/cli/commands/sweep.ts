/** cloud sweep: what of a deployment has been left over at its cloud, and its end. */
import type { Command } from 'commander';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import { DeploymentId } from '../../../remote/core/contract/ids.ts';
import { openCredentialStore } from '../../credentials/index.ts';
import { type Leftover, type Leftovers, type SweepTarget, sweepAfterMs } from '../../deploy/index.ts';
import type { Run } from '../program.ts';
import type { Session } from '../session.ts';
import { formatTime, table } from '../terminal.ts';

interface SweepWords {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly olderThan: string;
  readonly abandoned?: string;
  readonly cloud?: string;
  readonly credential?: string;
}

export function sweepCommand(cloud: Command, run: Run): void {
  cloud
    .command('sweep')
    .description('Remove what carries the tag of the deployment and belongs to nothing; asks before')
    .option('--dry-run', 'only show what would be removed')
    .option('--yes', 'do not ask')
    .option('--older-than <minutes>', 'leave what is younger', String(sweepAfterMs / 60_000))
    .option('--abandoned <id>', 'remove all of a deployment that no desktop has any more')
    .option('--cloud <kind>', 'with --abandoned: kind of cloud')
    .option('--credential <name>', 'with --abandoned: credential of the cloud')
    .action(
      run(async (session, words: SweepWords) => {
        const options = { target: await targetOf(session, words), afterMs: ageOf(words), signal: session.signal };
        const deployments = await session.deployments();
        const found = await deployments.leftovers(options);
        const unowned = found.findings.filter((one) => one.unowned);
        const { deployment, others, unreached } = found;
        const about = { deployment, findings: found.findings.map(shown), others, unreached };
        if (words.dryRun || unowned.length === 0) {
          session.terminal.result({ ...about, removed: [], failed: [] }, () => text(found));
          return refuseUnreached(unreached);
        }
        if (!words.yes) session.terminal.note(text(found));
        const warning = `${unowned.length} of these are removed, with all data on them.`;
        await session.confirm(warning, found.deployment, words.yes === true);
        const { removed, failed } = await deployments.sweep({ ...options, findings: unowned });
        session.terminal.result(
          { ...about, removed: removed.map(({ id }) => id), failed },
          () => `Removed: ${removed.map(({ kind, name }) => `${kind} ${name}`).join(', ') || 'nothing'}.`,
        );
        if (failed.length === 0) return refuseUnreached(unreached);
        throw new ConpaasError('cloud_failed', `${failed.length} could not be removed. Try again.`, {
          retry: true,
          log: failed.map(({ id, message }) => `${id}: ${message}`),
        });
      }),
    );
}

/** A script must not take it for a sweep of all. */
function refuseUnreached(unreached: Leftovers['unreached']): void {
  if (unreached.length === 0) return;
  const names = unreached.map(({ cloud }) => cloud).join(', ');
  throw new ConpaasError('cloud_failed', `Not asked: ${names}. What is there is not known. Sweep again later.`, {
    retry: true,
    log: unreached.map(({ cloud, message }) => `${cloud}: ${message}`),
  });
}

async function targetOf(session: Session, words: SweepWords): Promise<SweepTarget> {
  const { abandoned, cloud, credential } = words;
  if (abandoned === undefined) {
    if (cloud !== undefined || credential !== undefined) {
      throw new ConpaasError('invalid_request', '--cloud and --credential say where to look for --abandoned.');
    }
    return { deployment: session.deployment };
  }
  const id = DeploymentId.safeParse(abandoned);
  if (!id.success) throw new ConpaasError('invalid_request', `${JSON.stringify(abandoned)} is no id of a deployment.`);
  if (credential !== undefined) {
    const { kind } = await openCredentialStore(await session.vault()).get(credential);
    return { abandoned: id.data, cloud: kind, credential };
  }
  if (cloud !== undefined) return { abandoned: id.data, cloud };
  throw new ConpaasError('invalid_request', 'Say where to look: --credential NAME, or --cloud KIND.');
}

/** Milliseconds. */
function ageOf({ olderThan }: SweepWords): number {
  const minutes = Number(olderThan);
  if (olderThan.trim() !== '' && Number.isFinite(minutes) && minutes >= 0) return minutes * 60_000;
  throw new ConpaasError('invalid_request', `${JSON.stringify(olderThan)} is no number of minutes.`);
}

const shown = ({ kind, id, name, cloud, tags, createdAt, unowned, why }: Leftover) => ({
  ...{ kind, id, name, unowned, why },
  ...(cloud === undefined ? {} : { cloud }),
  ...(tags.application === '' ? {} : { application: tags.application }),
  ...(createdAt === undefined ? {} : { createdAt }),
});

function text({ findings, others, unreached }: Leftovers): string {
  const rows = findings.map(({ kind, id, name, cloud, createdAt, unowned, why }) => [
    unowned ? 'remove' : 'keep',
    cloud === undefined ? kind : `${kind} (${cloud})`,
    name,
    id,
    createdAt === undefined ? '' : formatTime(createdAt),
    why,
  ]);
  const parts = [
    rows.length === 0 && unreached.length === 0 ? 'Nothing at this cloud carries the tag of the deployment.' : '',
    table(['', 'what', 'name', 'id', 'since', 'why'], rows),
    others.length === 0
      ? ''
      : `Other deployments have something here, perhaps of another desktop; they are left alone: ${others.join(', ')}. What no desktop has any more goes with: conpaas cloud sweep --abandoned ID --cloud KIND (or --credential NAME)`,
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}
