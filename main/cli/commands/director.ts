/** director backup, backups, restore, upgrade: the director's own safety and version. */
import path from 'node:path';
import { type Command, Option } from 'commander';
import { z } from 'zod';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import { BackupPlace } from '../../backup/index.ts';
import { type Deployments, type Elsewhere, missedAt, type UpgradePlan } from '../../deploy/index.ts';
import type { Run } from '../program.ts';
import type { Session } from '../session.ts';
import { formatBytes, formatTime, table } from '../terminal.ts';
import { directorCloudCommands } from './director-clouds.ts';

export function directorCommands(program: Command, run: Run): void {
  const director = program
    .command('director')
    .description('Backups of the director, its restoration, its version, its clouds');
  directorCloudCommands(director, run);

  director
    .command('backup')
    .description('Back up what the director keeps to this computer, if anything has changed since the last backup')
    .option('--now', 'whether or not anything has changed')
    .option(
      '--to <place>',
      'keep this and all later ones there too: s3://bucket/prefix, a directory, volume, or nowhere',
    )
    .option('--size <gb>', 'of the volume', '10')
    .option('--region <region>', 'of the bucket', 'us-east-1')
    .option('--endpoint <url>', 'of another service that speaks S3')
    .option('--yes', 'do not ask before a volume is removed')
    .addHelpText(
      'after',
      '\nFor a bucket, give {"accessKeyId": "…", "secretAccessKey": "…"} on standard input. What is copied is sealed: without the\nvault of this computer nobody reads it, so keep a copy of the vault as well (conpaas vault export). A volume is one of the\ncloud: the director itself writes there, also while this computer is off. It is removed when another place is chosen.',
    )
    .action(
      run(async (session, options: BackupCommand) => {
        if (options.to !== undefined) refuseAddress(options.to);
        const deployments = await session.deployments();
        if (options.to !== undefined) {
          const place = await placeIn(session, options.to, options);
          await confirmRemoval(session, deployments, place, options.yes === true);
          await deployments.setBackupPlace(session.deployment, place, session.signal);
        }
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
    .addOption(
      new Option('--from <where>', 'this computer, or the volume that it writes to; that where there is one').choices([
        'here',
        'volume',
      ]),
    )
    .option('--yes', 'do not ask')
    .action(
      run(async (session, { from, yes }: { from?: 'here' | 'volume'; yes?: boolean }, backup?: string) => {
        const deployments = await session.deployments();
        const { id, name } = await deployments.find(session.deployment);
        const { backups, elsewhere } = await deployments.backups(id);
        const here = backup === undefined ? backups[0] : backups.find((one) => one.id === backup);
        const isOnVolume = elsewhere?.kind === 'volume' && (backup === undefined || !here);
        const fromVolume = from === undefined ? isOnVolume : from === 'volume';
        const which = fromVolume ? 'on its volume ' : here ? `of ${formatTime(here.createdAt)} ` : '';
        await session.confirm(
          `This makes a new director for ${name} from the ${fromVolume && backup === undefined ? 'newest ' : ''}backup ${which}and destroys the machine of the present one.\n` +
            'Applications go on. What has happened since the backup is taken over from their managers where these answer;\n' +
            'applications made since then are lost.',
          name,
          yes === true,
        );
        const restored = await deployments.restore({
          ...{ deployment: id, from },
          ...(backup !== undefined && { backup }),
          onOperation: (operation) => session.terminal.progress(operation),
          signal: session.signal,
        });
        session.terminal.endProgress();
        const { state, director: address, epoch } = restored;
        const missed = missedAt(restored);
        if (missed !== undefined) session.terminal.note(missed);
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
        const deployments = await session.deployments();
        const { backups, damaged, bytes, elsewhere } = await deployments.backups(session.deployment);
        const copies = await deployments.copies(session.deployment, session.signal);
        const there = elsewhere && { ...elsewhere, copies: copies ?? [] };
        session.terminal.result({ backups, damaged, bytes, ...(there && { elsewhere: there }) }, () =>
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
            ...damaged.map(
              ({ why }) =>
                `Cannot be used: ${why} Others are not affected; remove the file if none of your vaults opens it.`,
            ),
            ...(there ? [describeElsewhere(there)] : []),
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
  const rows = applications.flatMap(({ name, members, hosts = [] }) =>
    [...members, ...hosts.map((one) => ({ ...one, role: 'host' }))].map((one) => [
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

/** A volume goes with all that is on it. */
async function confirmRemoval(
  session: Session,
  deployments: Deployments,
  place: BackupPlace | undefined,
  yes: boolean,
): Promise<void> {
  const { deployment, elsewhere } = await deployments.backups(session.deployment);
  if (elsewhere?.kind !== 'volume' || place?.kind === 'volume') return;
  const count = elsewhere.copies === undefined ? 'all backups' : `the ${elsewhere.copies.length} backups`;
  const warning = `This removes the volume of ${deployment} with ${count} on it. Those on this computer stay.`;
  await session.confirm(warning, deployment, yes);
}

function describeElsewhere({ kind, label, upToDate, copies = [], failure }: Elsewhere): string {
  const behind = kind === 'volume' ? 'the newest changes are not there yet' : 'the newest is not there yet';
  const newest = copies[0] && kind === 'volume' ? `, the newest of ${formatTime(copies[0].createdAt)}` : '';
  const wrong = failure ? ` ${failure.message}` : '';
  return `${kind === 'volume' ? 'On' : 'In'} ${label}: ${copies.length}${newest}${upToDate ? '' : `; ${behind}.${wrong}`}`;
}

interface BackupCommand {
  readonly now?: boolean;
  readonly yes?: boolean;
  readonly to?: string;
  readonly size: string;
  readonly region: string;
  readonly endpoint?: string;
}

const Keys = z.strictObject({ accessKeyId: z.string().min(1), secretAccessKey: z.string().min(1) });

/** @throws ConpaasError invalid_request: it reads as an address, and of none that backups can be kept at */
function refuseAddress(to: string): void {
  if (/^[a-z0-9]+:/i.test(to) && !/^(s3:\/\/[^/]|[a-z]:[\\/])/i.test(to)) {
    throw new ConpaasError(
      'invalid_request',
      `Backups cannot be kept at ${to}. Say s3://BUCKET/PREFIX, a directory, volume or nowhere.`,
    );
  }
}

/** The place that words name; undefined: nowhere. @throws ConpaasError invalid_request */
async function placeIn(session: Session, to: string, options: BackupCommand): Promise<BackupPlace | undefined> {
  if (to === 'nowhere') return undefined;
  if (to === 'volume') return parsed(to, { kind: 'volume', sizeGb: Number(options.size) });
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(to) ?? [];
  const given =
    bucket === undefined
      ? { kind: 'directory', path: path.resolve(to) }
      : {
          ...{ kind: 's3', bucket, prefix: prefix.replace(/\/$/, ''), region: options.region },
          ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
          ...keysIn(await session.input()),
        };
  return parsed(to, given);
}

/** @throws ConpaasError invalid_request */
function parsed(to: string, given: unknown): BackupPlace {
  const place = BackupPlace.safeParse(given);
  if (place.success) return place.data;
  throw new ConpaasError(
    'invalid_request',
    `${to} cannot be used: ${place.error.issues[0]?.message ?? 'it is malformed'}.`,
  );
}

function keysIn(text: string): z.infer<typeof Keys> {
  try {
    return Keys.parse(JSON.parse(text));
  } catch {
    throw new ConpaasError(
      'invalid_request',
      'The key of the bucket is expected on standard input: {"accessKeyId": "…", "secretAccessKey": "…"}',
    );
  }
}
