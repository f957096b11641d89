/**
 * The steps that put a director on a VM, the same way for every cloud. Each looks at what is there and does what is
 * missing, so all of them run again after a crash, a reboot or an update, and two `up` at once do no harm.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { type Cloud, type FirstContact, outsideOf, patienceOf } from '../../remote/core/clouds/index.ts';
import { directorPort } from '../../remote/core/clouds/machines/ports.ts';
import { ConpaasError, toFailure } from '../../remote/core/contract/errors.ts';
import type { HostProcess } from '../../remote/core/contract/host.ts';
import type { VmId } from '../../remote/core/contract/ids.ts';
import type { Architecture } from '../../remote/core/contract/runtimes.ts';
import type { DirectorBootstrap } from '../../remote/core/identity/bootstrap.ts';
import { directorProgram, type Release } from '../../remote/core/release/index.ts';
import { signIntermediate } from '../authority/index.ts';
import type { BackupPlace } from '../backup/index.ts';
import { volumeSteps } from './backup-volume.ts';
import type { Deployment, DeploymentStore } from './deployment.ts';
import type { Directors } from './director.ts';
import { type Further, furtherSteps } from './further-clouds.ts';
import { type Keyring, lifeOf } from './keyring.ts';
import { type LentAccess, lend } from './lend.ts';
import type { Step } from './progress.ts';

/** A director that has not answered by then will not: it starts in a second or two, where processors are real. */
const startMs = 90_000;
/** To a single question. */
const answerMs = 5000;
export const processName = 'director';
export const requestFile = `${processName}/identity/intermediate.csr`;
export const certificateFile = `${processName}/identity/intermediate.pem`;

/** What a director gets to drive its cloud with. */
export interface Lending {
  /** With its first start: no credentials. */
  readonly settings: Record<string, unknown>;
  /** Once it serves; undefined: its cloud wants none. */
  readonly access: LentAccess | undefined;
}

export interface UpContext {
  readonly store: DeploymentStore;
  readonly keyring: Keyring;
  readonly directors: Directors;
  readonly cloud: Cloud;
  /** Those that it drives beside it. */
  readonly further?: readonly Further[] | undefined;
  /** For the director's own driver. */
  readonly lending: Lending;
  /** Where backups are kept beside this computer; absent: nowhere. */
  readonly place?: BackupPlace | undefined;
  /** The Node of this desktop for machines of an architecture. @throws ConpaasError cloud_failed: it has none */
  runtimeFor(architecture: Architecture): string;
  /** That new directors run; absent: these programs are of none. */
  readonly release: Release | undefined;
  readonly now: () => number;
  /** Refreshed by each step that changes it. */
  deployment: Deployment;
}

export function upSteps(context: UpContext): Step[] {
  const { store, keyring, directors, cloud } = context;
  const { id } = context.deployment;
  const update = async (change: Partial<Omit<Deployment, 'id'>>): Promise<void> => {
    context.deployment = await store.update(id, change);
  };

  return [
    {
      name: 'cloud',
      title: 'Check the cloud',
      async run({ signal }) {
        if (context.deployment.state === 'destroying') {
          throw new ConpaasError('conflict', `${context.deployment.name} is being destroyed.`);
        }
        if (context.deployment.state === 'stopped') await update({ state: 'running' });
        await cloud.check(signal);
      },
    },
    {
      name: 'authority',
      title: 'Make the root certificate',
      async run() {
        await keyring.ensureRoot(id);
        await keyring.owner(context.deployment);
      },
    },
    {
      name: 'machine',
      title: "Start the director's machine",
      async run({ signal, operation, detail }) {
        await cloud.power(true, signal);
        if (wasThere(context.deployment) && !(await isListed(cloud, vmOf(context.deployment), signal))) {
          throw lost(context.deployment, 'The cloud no longer has its machine.');
        }
        const bootstrap = await directorRequest(context);
        const vm = await cloud.createVm(
          {
            name: machineName(context.deployment.epoch),
            tags: { deployment: id, application: '', operation },
            processes: [directorProcess(context, bootstrap)],
          },
          signal,
        );
        await update({ vm: vm.id });
        await untilRunning(cloud, vm.id, signal, detail);
      },
    },
    {
      name: 'contact',
      title: "Sign the director's certificate",
      async run({ signal, detail }) {
        await using contact = await cloud.contact(vmOf(context.deployment), signal);
        detail('waiting for its request');
        const present = await contact.readFile(certificateFile, signal);
        if (present === undefined && wasThere(context.deployment)) {
          throw lost(context.deployment, 'Its machine has lost its disk.');
        }
        const life = present === undefined ? undefined : lifeOf(present);
        if (life && !isPastHalf(life, context.now())) await update({ intermediate: life });
        else await update({ intermediate: lifeOf(await sign(context, contact, signal)) });
      },
    },
    {
      name: 'connect',
      title: 'Reach the director',
      run: ({ signal, detail }) => reach(context, update, signal, detail),
    },
    ...lendingSteps(context),
    ...furtherSteps(context),
    ...volumeSteps(context),
    {
      name: 'finish',
      title: 'Record the deployment',
      async run() {
        await update({ state: 'running' });
        await directors.director(context.deployment);
      },
    },
  ];
}

/** What a director is started with. */
export async function directorRequest({
  deployment,
  keyring,
  cloud,
  lending,
}: UpContext): Promise<Omit<DirectorBootstrap, 'vm' | 'address'>> {
  const { roots } = await keyring.owner(deployment);
  return {
    kind: 'director',
    deployment: deployment.id,
    owner: deployment.owner,
    roots: [...roots],
    port: directorPort,
    cloud: { kind: cloud.kind, settings: lending.settings, lent: lending.access !== undefined },
  };
}

/** A new director's. */
export function directorProcess(
  { release }: Pick<UpContext, 'release'>,
  bootstrap: HostProcess['bootstrap'],
): HostProcess {
  return { name: processName, bundle: 'director', bootstrap, ...(release && { program: directorProgram(release) }) };
}

/** Machines of directors: each epoch has its own, so that clouds which make a name once make another. */
export function machineName(epoch: number | undefined): string {
  return epoch === undefined || epoch === 1 ? processName : `${processName}-${epoch}`;
}

/** Whether this deployment has had a director that worked. */
function wasThere({ state, vm, intermediate }: Deployment): boolean {
  return state !== 'creating' && vm !== undefined && intermediate !== undefined;
}

async function isListed(cloud: Cloud, id: VmId, signal: AbortSignal): Promise<boolean> {
  return (await cloud.listVms(signal)).some((vm) => vm.id === id && vm.state !== 'gone');
}

/** An empty director in its place would take all machines for nobody's, and destroy them. */
function lost({ name }: Deployment, why: string): ConpaasError {
  return new ConpaasError(
    'conflict',
    `The director of ${name} is lost. ${why} Its applications go on. Make it anew from a backup: under Security, Backups, or with "conpaas director restore".`,
  );
}

/** None where the cloud wants no credentials. */
export function lendingSteps(context: UpContext): Step[] {
  const { access } = context.lending;
  if (!access) return [];
  return [
    {
      name: 'credentials',
      title: 'Let the director use the cloud',
      async run({ signal }) {
        const { deployment, directors } = context;
        await lend(await directors.director(deployment), deployment.cloud.kind, access, signal);
      },
    },
  ];
}

export function vmOf({ vm, name }: Deployment): VmId {
  if (vm === undefined) throw new ConpaasError('internal', `The deployment ${name} has no machine on record.`);
  return vm;
}

export async function untilRunning(
  cloud: Cloud,
  id: VmId,
  signal: AbortSignal,
  detail: (text: string) => void,
): Promise<void> {
  for (let pause = 10; ; pause = Math.min(pause * 1.5, 2000)) {
    const vm = (await cloud.listVms(signal)).find((each) => each.id === id);
    if (vm?.state === 'running') return;
    // It was still stopping when it was told to start.
    if (vm?.state === 'stopped') await cloud.power(true, signal);
    if (vm?.state === 'failed' || vm?.state === 'gone' || vm === undefined) {
      throw new ConpaasError('cloud_failed', vm?.cause ?? "The director's machine is gone.", { retry: true });
    }
    detail(vm.state);
    await delay(pause, undefined, { signal });
  }
}

/** Waits for the director's request, signs it with the root and hands the certificate over. @returns it, PEM */
export async function sign(context: UpContext, contact: FirstContact, signal: AbortSignal): Promise<string> {
  const { deployment, keyring, now } = context;
  const request = await waiting(context, contact, signal, (limited) => untilFile(contact, requestFile, limited));
  const certificate = await signIntermediate(await keyring.root(deployment.id), request, deployment.id, {
    now: now(),
    epoch: deployment.epoch,
  });
  await contact.writeFile(certificateFile, certificate, signal);
  return certificate;
}

/** Renews the intermediate at half of its life; the director takes the new one up by itself. */
export async function renewIntermediate(context: UpContext, signal: AbortSignal): Promise<void> {
  const { deployment, now } = context;
  if (deployment.intermediate && isPastHalf(deployment.intermediate, now())) await signAnew(context, signal);
}

/** Signs the intermediate anew, at once. @returns it, PEM; the director has yet to take it up */
export async function signAnew(context: UpContext, signal: AbortSignal): Promise<string> {
  const { deployment, cloud, store } = context;
  await using contact = await cloud.contact(vmOf(deployment), signal);
  const certificate = await sign(context, contact, signal);
  context.deployment = await store.update(deployment.id, { intermediate: lifeOf(certificate) });
  return certificate;
}

/** Half of a certificate's life is over: time to renew it. */
export function isPastHalf({ notBefore, notAfter }: { notBefore: number; notAfter: number }, now: number): boolean {
  return now > (notBefore + notAfter) / 2;
}

async function untilFile(contact: FirstContact, file: string, signal: AbortSignal): Promise<string> {
  for (let pause = 10; ; pause = Math.min(pause * 1.3, 250)) {
    const askedAt = performance.now();
    const content = await contact.readFile(file, signal);
    if (content !== undefined) return content;
    // To ask takes the processor of a slow machine from what is waited for: at least as much is left to that.
    await delay(Math.max(pause, performance.now() - askedAt), undefined, { signal });
  }
}

const DirectorFile = z.object({ host: z.string(), port: z.number().int() });

/** Asks the director, at the address it last wrote down, until it answers as what it should be. */
export async function reach(
  context: UpContext,
  update: (change: Partial<Deployment>) => Promise<void>,
  signal: AbortSignal,
  detail: (text: string) => void,
): Promise<void> {
  const { cloud, directors } = context;
  const patience = await patienceOf(cloud, signal);
  const timeoutMs = answerMs * patience;
  if (patience !== (context.deployment.patience ?? 1)) await update({ patience });
  await using contact = await cloud.contact(vmOf(context.deployment), signal);
  await waiting(context, contact, signal, async (limited) => {
    for (let pause = 10; ; pause = Math.min(pause * 1.3, 500)) {
      const director = await writtenAddress(context, contact, limited);
      const before = context.deployment.director;
      if (before?.host !== director.host || before.port !== director.port) await update({ director });
      try {
        const client = await directors.director(context.deployment);
        await client.call('get_status', {}, { signal: limited, timeoutMs });
        return;
      } catch (error) {
        const code = error instanceof ConpaasError ? error.code : undefined;
        if (limited.aborted || (code !== 'unreachable' && code !== 'deadline_exceeded')) throw error;
        detail(toFailure(error).message); // it is starting, or will write down another port
      }
      await delay(pause, undefined, { signal: limited });
    }
  });
}

/** Where the director of this deployment's machine serves, once it has written that down. */
export async function directorAddress(
  context: UpContext,
  signal: AbortSignal,
): Promise<{ host: string; port: number }> {
  await using contact = await context.cloud.contact(vmOf(context.deployment), signal);
  return waiting(context, contact, signal, (limited) => writtenAddress(context, contact, limited));
}

async function writtenAddress(
  context: UpContext,
  contact: FirstContact,
  signal: AbortSignal,
): Promise<{ host: string; port: number }> {
  const text = await untilFile(contact, `${processName}/director.json`, signal);
  const { host, port } = DirectorFile.parse(JSON.parse(text));
  // It knows its address within the cloud; we may be outside.
  const id = vmOf(context.deployment);
  const vm = (await context.cloud.listVms(signal)).find((one) => one.id === id);
  return (vm && outsideOf(vm, port)) ?? { host, port };
}

/** Waits for a director no longer than it may take to start; its own last lines say why it did not. */
async function waiting<T>(
  { cloud }: Pick<UpContext, 'cloud'>,
  contact: FirstContact,
  signal: AbortSignal,
  work: (limited: AbortSignal) => Promise<T>,
): Promise<T> {
  const limitMs = startMs * (await patienceOf(cloud, signal));
  const limit = AbortSignal.timeout(limitMs);
  try {
    return await work(AbortSignal.any([signal, limit]));
  } catch (error) {
    signal.throwIfAborted();
    if (!limit.aborted) throw error;
    const log = await contact.readFile(`${processName}/log`, AbortSignal.timeout(2000)).catch(() => undefined);
    throw new ConpaasError('deadline_exceeded', `The director did not answer within ${limitMs / 1000} s.`, {
      retry: true,
      ...(log === undefined ? {} : { log: log.trimEnd().split('\n').slice(-20) }),
    });
  }
}
