/**
 * Makes an image at a cloud: of one machine of the distribution's own image, which is there for that alone. The machine is
 * contacted as any other of ours; the keys to it are in this process's memory, and nowhere else.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Contact } from '../../remote/core/clouds/machines/contact.ts';
import { contactTransport } from '../../remote/core/clouds/machines/contacted-cloud.ts';
import { isLiving } from '../../remote/core/clouds/machines/create-once.ts';
import { type CloudImage, type Images, imageName } from '../../remote/core/clouds/machines/images.ts';
import { hostDirectory, programsDirectory } from '../../remote/core/clouds/machines/layout.ts';
import type { Program, ProgramName } from '../../remote/core/clouds/machines/programs.ts';
import type { Provider, Server } from '../../remote/core/clouds/machines/provider.ts';
import type { Transport } from '../../remote/core/clouds/machines/transport.ts';
import { composeImageData } from '../../remote/core/clouds/machines/user-data.ts';
import { ConpaasError, toFailure } from '../../remote/core/contract/errors.ts';
import type { DeploymentId } from '../../remote/core/contract/ids.ts';
import type { ImageContent } from '../../remote/core/contract/machine-host.ts';
import type { Operation } from '../../remote/core/contract/operation.ts';
import { type ContactRecord, createContact } from '../contact/index.ts';
import { runSteps, type Step } from '../deploy/index.ts';

export interface ImageBuild {
  /** Of the builder's deployment, with images. */
  readonly provider: Provider;
  readonly builder: DeploymentId;
  /** The way into the machine; absent: by SSH to its address. */
  readonly contact?: Contact | undefined;
  programs(): Promise<readonly Program[]>;
  /** As roles name them. */
  readonly packages: readonly string[];
  /** Of ConPaaS. */
  readonly release: string;
  readonly requestedBy: string;
  readonly signal: AbortSignal;
  readonly onOperation?: ((operation: Operation) => void) | undefined;
  /** Told where it has failed or was cancelled, and what was made is being removed. */
  readonly onCleanUp?: (() => void) | undefined;
  /** Milliseconds since the epoch. */
  readonly now?: (() => number) | undefined;
}

const machine = 'image';
/** A machine boots, a hundred packages come, and a disk is copied. */
const deadlineMs = 45 * 60_000;
/** For the removal of what was made, milliseconds. */
const cleanUpMs = 10 * 60_000;
/** What has been asked for and not yet listed is found by looking again. */
const rounds = 3;
const longestPauseMs = 3000;

/**
 * Where it fails or is cancelled nothing is left of it.
 * @returns the image, which machines can be made of
 * @throws ConpaasError of the step that failed
 */
export async function buildImage(build: ImageBuild): Promise<CloudImage> {
  const { provider, builder, signal } = build;
  const contact = build.contact ?? createContact({ store: inMemory() });
  const transport = contactTransport(provider, contact);
  const patience = (await provider.patience?.(signal)) ?? 1;
  const journal = await mkdtemp(path.join(os.tmpdir(), 'conpaas-image-'));
  const made: { image?: CloudImage } = {};
  const steps = stepsOf(build, { contact, transport, images: imagesOf(provider), made });
  try {
    await runSteps({
      ...{ kind: 'build_image', title: 'Make an image', requestedBy: build.requestedBy, steps },
      ...{ journal: path.join(journal, 'journal'), deadlineMs: deadlineMs * patience },
      ...{ signal, onOperation: build.onOperation },
    });
    if (made.image) return made.image;
    throw new ConpaasError('internal', 'The image was made and is not known.');
  } catch (error) {
    build.onCleanUp?.();
    try {
      const limit = AbortSignal.timeout(cleanUpMs * patience);
      await cleanUp(provider, limit);
      for (const { id } of await imagesOfBuilder(provider, builder, limit)) await imagesOf(provider).destroy(id, limit);
    } catch (left) {
      throw new ConpaasError(
        toFailure(error).code,
        `${toFailure(error).message} What was made for it could not be removed (${toFailure(left).message}). Do that, with the credential of that cloud: conpaas cloud sweep --abandoned ${builder} --credential NAME --older-than 0`,
      );
    }
    throw error;
  } finally {
    await transport[Symbol.asyncDispose]?.();
    await rm(journal, { recursive: true, force: true });
  }
}

/** @throws ConpaasError invalid_request: images of that cloud are not made at it */
export function imagesOf({ kind, images }: Provider): Images {
  if (images) return images;
  throw new ConpaasError('invalid_request', `The cloud ${kind} keeps no images of ConPaaS.`);
}

interface Parts {
  readonly contact: Contact;
  readonly transport: Transport;
  readonly images: Images;
  /** What has come of it. */
  readonly made: { image?: CloudImage };
}

function stepsOf(build: ImageBuild, { contact, transport, images, made }: Parts): Step[] {
  const { provider, builder, packages, release, now = Date.now } = build;
  const tagsOf = (operation: string) => ({ deployment: builder, application: '', operation });
  let server = '';
  const until = (wanted: Server['state'], signal: AbortSignal, detail: (text: string) => void): Promise<void> =>
    waiting(signal, async () => {
      const found = (await provider.listServers(signal)).find(({ id }) => id === server);
      if (found?.state === 'failed' || found?.state === 'gone') {
        throw new ConpaasError('cloud_failed', found.cause ?? 'The machine for the image is gone.', { retry: true });
      }
      if (found) detail(found.state);
      return found?.state === wanted || undefined;
    }).then(() => undefined);

  return [
    {
      name: 'cloud',
      title: 'Check the cloud',
      run: ({ signal }) => provider.check(signal),
    },
    {
      name: 'machine',
      title: "Start a machine of the distribution's image",
      async run({ operation, signal, detail }) {
        const userData = composeImageData(await contact.keys(machine));
        const request = { name: machine, tags: tagsOf(operation), userData, plain: true };
        server = (await provider.createServer(request, signal)).id;
        await until('running', signal, detail);
      },
    },
    {
      name: 'programs',
      title: 'Reach it, and bring it Node',
      async run({ signal }) {
        const all = await build.programs();
        const files = [programOf(all, 'node'), programOf(all, 'host.mjs')].map(({ name, path: from }) => ({
          ...{ from, to: `${programsDirectory}/${name}` },
          mode: 0o755,
        }));
        await transport.copy(server, files, signal);
      },
    },
    {
      name: 'prepare',
      title: `Install ${packages.length} packages, and remove what is the machine's own`,
      async run({ signal }) {
        const content: ImageContent = {
          packages: [...packages],
          runtime: programOf(await build.programs(), 'node').sha256,
        };
        const [node, host] = [`${programsDirectory}/node`, `${programsDirectory}/host.mjs`];
        const words = [node, host, '--prepare-image', hostDirectory, programsDirectory];
        const { code, errors } = await transport.run(server, words, JSON.stringify(content), signal);
        if (code === 0) return;
        const log = errors.trim().split('\n').slice(-15);
        throw new ConpaasError('cloud_failed', 'The machine could not be made ready to be an image.', { log });
      },
    },
    {
      name: 'stop',
      title: 'Switch it off',
      async run({ signal, detail }) {
        await provider.power(server, false, signal);
        await until('stopped', signal, detail);
      },
    },
    {
      name: 'image',
      title: 'Have the cloud make an image of its disk',
      async run({ operation, signal, detail }) {
        const { base, architecture } = await images.base(signal);
        const name = imageName({ release, base, architecture, builder }, now());
        const { id } = await images.create({ name, tags: tagsOf(operation), server }, signal);
        made.image = await waiting(signal, async () => {
          const found = (await images.list(signal)).find((one) => one.id === id);
          if (found?.state === 'failed') throw new ConpaasError('cloud_failed', 'The cloud could not make the image.');
          detail(found?.state ?? 'creating');
          return found?.state === 'available' ? found : undefined;
        });
      },
    },
    {
      name: 'finish',
      title: 'Remove the machine',
      run: ({ signal }) => cleanUp(provider, signal),
    },
  ];
}

/** One that was whole before it was cancelled: nobody has been told of it. */
async function imagesOfBuilder(provider: Provider, builder: string, signal: AbortSignal) {
  return (await imagesOf(provider).list(signal)).filter((image) => image.builder === builder);
}

/** Asks until there is an answer. */
async function waiting<T>(signal: AbortSignal, ask: () => Promise<T | undefined>): Promise<T> {
  for (let pause = 100; ; pause = Math.min(pause * 1.5, longestPauseMs)) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await delay(pause, undefined, { signal });
  }
}

/**
 * Removes all that the builder's deployment has; an image that is whole is none of it. What uses something else is gone
 * before that is, so a machine that was asked for and not listed yet shows itself by what cannot be removed.
 */
async function cleanUp(provider: Provider, signal: AbortSignal): Promise<void> {
  for (let round = 1; ; round += 1) {
    try {
      for (const { id } of (await provider.listServers(signal)).filter(isLiving)) {
        await provider.destroyServer(id, signal);
      }
      for (const belonging of await provider.belongings(signal)) await provider.destroyBelonging(belonging, signal);
      for (const { id } of (await provider.volumes?.list(signal)) ?? []) await provider.volumes?.destroy(id, signal);
      const left = await provider.belongings(signal);
      if (left.length === 0) return;
      throw new ConpaasError('cloud_failed', `Still there: ${left.map(({ kind }) => kind).join(', ')}.`);
    } catch (error) {
      signal.throwIfAborted();
      if (round >= rounds) throw error;
    }
  }
}

function programOf(programs: readonly Program[], wanted: ProgramName): Program {
  const found = programs.find(({ name }) => name === wanted);
  if (found) return found;
  throw new ConpaasError('internal', `There is no ${wanted} among the programs.`);
}

/** Keys that nobody needs once the machine is gone. */
function inMemory() {
  let record: ContactRecord | undefined;
  return {
    read: async () => record,
    async update(change: (now: ContactRecord | undefined) => ContactRecord) {
      record = change(record);
      return record;
    },
  };
}
