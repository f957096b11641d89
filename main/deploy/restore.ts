/**
 * Makes a director anew from a backup, on another machine:
 *
 *     backup     read as a whole: nothing is touched for one that is damaged
 *     machine    a second one, whose director waits for a backup and does nothing else
 *     files      brought there, and checked there
 *     switch     on record here: from now on that is the director. The machine before it is destroyed
 *     activate   told to begin; it finds its machines by their tags and tells its managers where it is
 *
 * Up to the switch the director before is untouched, and what was made is removed if it does not work out. After it the
 * new one is whole, and whoever wants it next finishes the rest. Certificates of the new one have a higher epoch, which the
 * root alone can give: should the old director live still, nobody hears it any more.
 */
import { mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { patienceOf } from '../../remote/core/clouds/index.ts';
import { restoreMethods } from '../../remote/core/contract/backup.ts';
import { ConpaasError, toFailure } from '../../remote/core/contract/errors.ts';
import type { VmId } from '../../remote/core/contract/ids.ts';
import type { DirectorBootstrap } from '../../remote/core/identity/bootstrap.ts';
import { type Client, connect } from '../../remote/core/rpc/index.ts';
import type { BackupStore, OpenedBackup } from '../backup/index.ts';
import { furtherSteps } from './further-clouds.ts';
import { lifeOf } from './keyring.ts';
import type { Step } from './progress.ts';
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

type RestoreClient = Client<typeof restoreMethods>;

/** A director answers in a second or two once it was told to begin. */
const beginMs = 120_000;

export interface RestoreContext extends UpContext {
  readonly backups: BackupStore;
  /** For what is on its way: emptied afterwards. */
  readonly temporary: string;
}

/** @param wanted id of the backup */
export function restoreSteps(context: RestoreContext, wanted: string): Step[] {
  const { store, directors, cloud, backups } = context;
  const { id } = context.deployment;
  const update = async (change: Parameters<typeof store.update>[1]): Promise<void> => {
    context.deployment = await store.update(id, change);
  };
  const isSwitched = (): boolean => context.deployment.restoring?.phase === 'switched';
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

  return [
    {
      name: 'backup',
      title: 'Check the backup',
      run: before(async ({ signal, detail }) => {
        backup = await backups.open(wanted);
        await backups.check(backup, detail, signal);
      }),
    },
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
        if (restoring && restoring.backup !== wanted) await removeMade(context, signal);
        const next = restoring?.backup === wanted ? restoring.epoch : Math.max(epoch, restoring?.epoch ?? 1) + 1;
        await update({ restoring: { backup: wanted, epoch: next, phase: 'making' } });
        const bootstrap: Omit<DirectorBootstrap, 'vm' | 'address'> = {
          ...(await directorRequest(context)),
          restore: true,
        };
        const vm = await cloud.createVm(
          {
            name: machineName(next),
            tags: { deployment: id, application: '', operation },
            processes: [directorProcess(context, bootstrap)],
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
          if (!made) throw new ConpaasError('internal', 'There is no machine to switch to.');
          await update({
            ...{ vm: made.vm, epoch, intermediate: made.intermediate, state: 'running' },
            restoring: { backup: wanted, epoch, phase: 'switched' },
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
        await begin(context, wanted, update, limited, detail);
      },
    },
    ...lendingSteps(context),
    ...furtherSteps(context),
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

async function restoreClient(
  { keyring, deployment }: UpContext,
  address: { host: string; port: number },
  epoch: number,
): Promise<RestoreClient> {
  const credentials = await keyring.owner(deployment);
  return connect(restoreMethods, {
    address,
    expect: { kind: 'director', deployment: deployment.id },
    leastEpoch: () => epoch,
    credentials: () => credentials,
  });
}

async function untilAnswering(client: RestoreClient, signal: AbortSignal): Promise<readonly string[]> {
  for (let pause = 20; ; pause = Math.min(pause * 1.5, 500)) {
    try {
      return (await client.call('hello', {}, { signal, timeoutMs: 5000 })).methods;
    } catch (error) {
      const { code } = toFailure(error);
      if (signal.aborted || (code !== 'unreachable' && code !== 'deadline_exceeded')) throw error;
    }
    await delay(pause, undefined, { signal });
  }
}

/** Whatever of it is there already comes again, but blobs, which are large and what they are called by. */
async function bring(
  { backups, temporary }: RestoreContext,
  backup: OpenedBackup,
  client: RestoreClient,
  signal: AbortSignal,
  detail: (text: string) => void,
): Promise<void> {
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary, { recursive: true, mode: 0o700 });
  const file = path.join(temporary, 'part');
  try {
    for await (const { file: one, bytes } of backup.files()) {
      detail(one.name);
      await write(file, bytes);
      await client.upload('restore_file', { name: one.name }, { path: file, name: one.name }, { signal });
    }
    const { missing } = await client.call('check_restored', {}, { signal });
    const held = new Set<string>(backup.content.blobs.map(({ sha256 }) => sha256));
    // One that the director before had lost already is in no backup.
    const coming = missing.filter((sha256) => held.has(sha256));
    for (const [index, sha256] of coming.entries()) {
      detail(`archive ${index + 1} of ${coming.length}`);
      await write(file, backups.blob(sha256));
      await client.upload('restore_blob', {}, { path: file, name: sha256 }, { signal });
    }
    const left = (await client.call('check_restored', {}, { signal })).missing.filter((sha256) => held.has(sha256));
    if (left.length === 0) return;
    throw new ConpaasError('internal', `The new director has not kept ${left.length} archives. Try again.`);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function write(file: string, bytes: AsyncIterable<Buffer>): Promise<void> {
  await rm(file, { force: true });
  await using handle = await open(file, 'wx', 0o600);
  for await (const part of bytes) await handle.writeFile(part);
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
