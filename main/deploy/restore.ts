/**
 * Makes a director anew from a backup, on another machine:
 *
 *     backup     read as a whole: nothing is touched for one that is damaged
 *     machine    a second one, whose director waits for a backup and does nothing else
 *     fetch      where the backup is on a volume: attached to that machine, whose director hands it on, sealed; then `backup`
 *     files      brought there, and checked there
 *     switch     on record here: from now on that is the director. The machine before it is destroyed
 *     activate   told to begin; it finds its machines by their tags and tells its managers where it is
 *
 * Up to the switch the director before is untouched, and what was made is removed if it does not work out. After it the
 * new one is whole, and whoever wants it next finishes the rest. Certificates of the new one have a higher epoch, which the
 * root alone can give: should the old director live still, nobody hears it any more.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { patienceOf } from '../../remote/core/clouds/index.ts';
import { ConpaasError, toFailure } from '../../remote/core/contract/errors.ts';
import type { VmId } from '../../remote/core/contract/ids.ts';
import type { DirectorBootstrap } from '../../remote/core/identity/bootstrap.ts';
import type { OpenedBackup } from '../backup/index.ts';
import { findBackupVolume, volumeSteps, zoneOfBackups } from './backup-volume.ts';
import { forgottenSteps, furtherSteps } from './further-clouds.ts';
import { lifeOf } from './keyring.ts';
import type { Step } from './progress.ts';
import {
  bring,
  fetchFromVolume,
  noVolume,
  type RestoreContext,
  restoreClient,
  untilAnswering,
} from './restoring-director.ts';
import {
  directorAddress,
  directorProcess,
  directorRequest,
  lendingSteps,
  machineName,
  sign,
  type UpContext,
  untilRunning,
  vmOf,
} from './up.ts';

/** A director answers in a second or two once it was told to begin. */
const beginMs = 120_000;

/** On this computer; or on the volume of backups, the newest where no id is given. */
export type WantedBackup = { readonly backup: string } | { readonly onVolume: string | undefined };

export function restoreSteps(context: RestoreContext, wanted: WantedBackup): Step[] {
  const { store, directors, cloud, backups } = context;
  const { id } = context.deployment;
  const update = async (change: Parameters<typeof store.update>[1]): Promise<void> => {
    context.deployment = await store.update(id, change);
  };
  const isSwitched = (): boolean => context.deployment.restoring?.phase === 'switched';
  /** What the record of a restoration that has not switched says. */
  const sought = 'backup' in wanted ? wanted.backup : `volume/${wanted.onVolume ?? 'newest'}`;
  /** Id of the backup, once it is known. */
  let chosen = 'backup' in wanted ? wanted.backup : undefined;
  let backup: OpenedBackup | undefined;
  let made: { vm: VmId; intermediate: ReturnType<typeof lifeOf> } | undefined;

  /** Not any more once the new one is the director. */
  const before =
    (run: Step['run']): Step['run'] =>
    async (step) => {
      if (isSwitched()) step.detail('done before');
      else await run(step);
    };
  const making = () => {
    const { restoring } = context.deployment;
    if (!restoring || !backup) throw new ConpaasError('internal', 'The restoration has not begun.');
    return { ...restoring, backup };
  };

  const check: Step = {
    name: 'backup',
    title: 'Check the backup',
    run: before(async ({ signal, detail }) => {
      backup = await backups.open(chosen);
      await backups.check(backup, detail, signal);
    }),
  };
  const fetch: Step = {
    name: 'fetch',
    title: 'Fetch the backup from the volume',
    run: before(async ({ signal, detail }) => {
      if (!made) throw new ConpaasError('internal', 'There is no machine to attach the volume to.');
      const { epoch = 1 } = context.deployment.restoring ?? {};
      const id = 'onVolume' in wanted ? wanted.onVolume : undefined;
      chosen = await fetchFromVolume(context, { ...made, epoch }, id, { signal, detail });
    }),
  };

  return [
    ...('onVolume' in wanted ? [] : [check]),
    {
      name: 'cloud',
      title: 'Check the cloud',
      async run({ signal }) {
        await cloud.check(signal);
        await cloud.power(true, signal);
      },
    },
    {
      name: 'machine',
      title: 'Make a machine for the new director',
      run: before(async ({ signal, operation, detail }) => {
        const { epoch = 1, restoring } = context.deployment;
        // One that was begun for another backup may have parts of that.
        if (restoring && restoring.backup !== sought) await removeMade(context, signal);
        const next = restoring?.backup === sought ? restoring.epoch : Math.max(epoch, restoring?.epoch ?? 1) + 1;
        const volume = 'onVolume' in wanted ? await findBackupVolume(context, signal) : undefined;
        if ('onVolume' in wanted && !volume) throw noVolume(context.deployment.name);
        await update({ restoring: { backup: sought, epoch: next, phase: 'making' } });
        const bootstrap: Omit<DirectorBootstrap, 'vm' | 'address'> = {
          ...(await directorRequest(context)),
          restore: true,
        };
        const vm = await cloud.createVm(
          {
            name: machineName(next),
            tags: { deployment: id, application: '', operation },
            processes: [directorProcess(context, bootstrap)],
            zone: volume?.zone ?? (await zoneOfBackups(context, signal)),
          },
          signal,
        );
        await untilRunning(cloud, vm.id, signal, detail);
        await using contact = await cloud.contact(vm.id, signal);
        detail('waiting for its request');
        const certificate = await sign(
          { ...context, deployment: { ...context.deployment, epoch: next } },
          contact,
          signal,
        );
        made = { vm: vm.id, intermediate: lifeOf(certificate) };
      }),
    },
    ...('onVolume' in wanted ? [fetch, check] : []),
    {
      name: 'files',
      title: 'Bring the backup there',
      run: before(async ({ signal, detail }) => {
        const { epoch } = making();
        if (!made || !backup) throw new ConpaasError('internal', 'There is no machine to bring it to.');
        const address = await directorAddress(
          { ...context, deployment: { ...context.deployment, vm: made.vm } },
          signal,
        );
        await using client = await restoreClient(context, address, epoch);
        await untilAnswering(client, signal);
        await bring(context, backup, client, signal, detail);
      }),
    },
    {
      name: 'switch',
      title: 'Make it the director',
      async run({ signal, detail }) {
        if (!isSwitched()) {
          const { epoch } = making();
          if (!made || chosen === undefined) throw new ConpaasError('internal', 'There is no machine to switch to.');
          await update({
            ...{ vm: made.vm, epoch, intermediate: made.intermediate, state: 'running' },
            restoring: { backup: chosen, epoch, phase: 'switched' },
          });
          await directors.forget(id);
        }
        const vm = vmOf(context.deployment);
        for (const other of (await cloud.listVms(signal)).filter(({ tags }) => tags.application === '')) {
          if (other.id === vm || other.state === 'gone') continue;
          detail('destroying the machine of the director before');
          await cloud.destroyVm(other.id, signal);
        }
      },
    },
    {
      name: 'activate',
      title: 'Begin with what was restored',
      async run({ signal, detail }) {
        const limitMs = beginMs * (await patienceOf(cloud, signal));
        const limited = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
        await begin(context, context.deployment.restoring?.backup ?? sought, update, limited, detail);
      },
    },
    ...lendingSteps(context),
    ...furtherSteps(context),
    ...forgottenSteps(context),
    ...volumeSteps(context, 'onVolume' in wanted),
    {
      name: 'finish',
      title: 'Record the deployment',
      async run() {
        await update({ state: 'running', restoring: undefined });
        await directors.director(context.deployment);
      },
    },
  ];
}

/** Gives up a restoration that has not switched yet: the director before is the director. Idempotent. */
export async function removeMade(context: UpContext, signal: AbortSignal): Promise<void> {
  const { cloud, store, deployment } = context;
  const { restoring } = deployment;
  if (restoring?.phase !== 'making') return;
  const name = machineName(restoring.epoch);
  for (const vm of await cloud.listVms(signal)) {
    if (vm.name === name && vm.tags.application === '') await cloud.destroyVm(vm.id, signal);
  }
  // The next one has another epoch, and so another machine.
  context.deployment = await store.update(deployment.id, { restoring: undefined });
}

/** Tells it to begin, where it has not been told yet, and waits until it answers as a director. */
async function begin(
  context: RestoreContext,
  wanted: string,
  update: (change: Partial<UpContext['deployment']>) => Promise<void>,
  signal: AbortSignal,
  detail: (text: string) => void,
): Promise<void> {
  const { directors } = context;
  for (;;) {
    // It writes down another port where it has to.
    const director = await directorAddress(context, signal);
    const known = context.deployment.director;
    if (known?.host !== director.host || known.port !== director.port) await update({ director });
    try {
      await using client = await restoreClient(context, director, context.deployment.epoch ?? 1);
      const methods = await untilAnswering(client, signal);
      if (methods.includes('get_status')) {
        const client = await directors.director(context.deployment);
        await client.call('get_status', {}, { signal, timeoutMs: 5000 });
        return;
      }
      const createdAt = Number((await context.backups.list()).backups.find(({ id }) => id === wanted)?.createdAt ?? 0);
      await client.call('finish_restore', { backup: wanted, createdAt }, { signal });
    } catch (error) {
      const { code, message } = toFailure(error);
      if (signal.aborted || !['unreachable', 'deadline_exceeded', 'unknown_method', 'interrupted'].includes(code))
        throw error;
      detail(message); // it is starting as a director
    }
    await delay(100, undefined, { signal });
  }
}
