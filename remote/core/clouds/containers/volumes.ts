/**
 * Volumes of containers. No engine gives a container that runs anything more, so each machine of an application is made with
 * the application's shelf: one volume of the engine, where each volume of ours has a directory that its machine alone is told
 * of. Directors have a shelf of their own, for their backups. What there is, and who has it, is kept by the engine too: as
 * empty volumes whose labels tell.
 */
import { z } from 'zod';
import { ConpaasError } from '../../contract/errors.ts';
import type { Tags, Volume } from '../cloud.ts';
import type { Belonging, Volumes } from '../machines/provider.ts';
import type { EngineApi } from './engine-api.ts';
import { fromLabels, ofDeployment, toLabels } from './labels.ts';

/** Where a machine has the shelf of its application. */
export const shelfPlace = '/var/lib/conpaas-volumes';

const kindLabel = 'conpaas.kind';
const sizeLabel = 'conpaas.size-gb';
const machineLabel = 'conpaas.machine';
type Kind = 'shelf' | 'volume' | 'attachment';
/** Whose shelf it is: no id of an application is so. */
const shelfOf = (application: string): string => (application === '' ? 'director' : application);

/** Part of a path, and of the engine's names. */
const Name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,150}$/);

const Listed = z.object({
  Volumes: z
    .array(
      z.object({
        Name: z.string(),
        CreatedAt: z.string().optional(),
        Labels: z
          .record(z.string(), z.string())
          .nullish()
          .transform((labels) => labels ?? {}),
      }),
    )
    .nullish()
    .transform((volumes) => volumes ?? []),
});

/** A machine, as far as volumes care. */
export interface Holder {
  readonly server: string;
  readonly container: string;
  readonly application: string;
  readonly running: boolean;
  readonly hasShelf: boolean;
}

export interface Shelves {
  readonly volumes: Volumes;
  /** Makes the shelf of an application, where there is none. @returns how a container is given it; nothing without one */
  bindsOf(tags: Tags, signal: AbortSignal): Promise<string[]>;
  /** Removes the shelf of an application that has neither machines nor volumes. */
  tidy(application: string, signal: AbortSignal): Promise<void>;
  belongings(signal: AbortSignal): Promise<Belonging[]>;
  destroyBelonging(id: string, signal: AbortSignal): Promise<void>;
}

/** @param holders all machines of the deployment */
export function createShelves(
  api: EngineApi,
  deployment: string,
  holders: (signal: AbortSignal) => Promise<readonly Holder[]>,
): Shelves {
  const nameOf = (kind: Kind, name: string): string => `conpaas-${deployment}-${kind}-${name}`;

  async function all(kind: Kind, signal: AbortSignal) {
    const found = await api.request({ method: 'GET', path: '/volumes', query: ofDeployment(deployment) }, signal);
    return Listed.parse(found).Volumes.flatMap(({ Name: id, CreatedAt, Labels }) =>
      Labels[kindLabel] === kind ? [{ id, createdAt: CreatedAt, labels: Labels, ...fromLabels(Labels) }] : [],
    );
  }

  async function make(kind: Kind, name: string, tags: Tags, labels: Record<string, string>, signal: AbortSignal) {
    const body = { Name: nameOf(kind, name), Labels: { ...toLabels(name, tags), ...labels, [kindLabel]: kind } };
    try {
      await api.request({ method: 'POST', path: '/volumes/create', body }, signal);
    } catch (error) {
      // Somebody else was quicker; anything else leaves none to be found.
      if (!(await all(kind, signal)).some((one) => one.name === name)) throw error;
    }
  }

  async function remove(id: string, signal: AbortSignal): Promise<void> {
    try {
      await api.request({ method: 'DELETE', path: `/volumes/${id}` }, signal);
    } catch (error) {
      if (!(error instanceof ConpaasError) || !(error.code === 'not_found' || /no such volume/i.test(error.message)))
        throw error;
    }
  }

  /** Who has which volume now, by its name: a machine that is gone has none. */
  async function attachments(signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    const [found, living] = await Promise.all([all('attachment', signal), holders(signal)]);
    return new Map(
      found.flatMap(({ name, labels }): [string, string][] => {
        const server = labels[machineLabel] ?? '';
        return living.some((one) => one.server === server) ? [[name, server]] : [];
      }),
    );
  }

  async function list(signal: AbortSignal): Promise<Volume[]> {
    const [found, attached] = await Promise.all([all('volume', signal), attachments(signal)]);
    return found.map(({ id, name, tags, labels, createdAt }) => {
      const attachedTo = attached.get(name);
      const created = createdAt === undefined ? Number.NaN : Date.parse(createdAt);
      return {
        ...{ id, name, tags, sizeGb: Number(labels[sizeLabel]), attachedTo },
        ...(Number.isNaN(created) ? {} : { createdAt: created }),
        state: attachedTo === undefined ? 'available' : 'attached',
      };
    });
  }

  const find = async (id: string, signal: AbortSignal): Promise<Volume | undefined> =>
    (await list(signal)).find((one) => one.id === id);

  async function tidy(application: string, signal: AbortSignal): Promise<void> {
    const [volumes, machines] = await Promise.all([all('volume', signal), holders(signal)]);
    if (volumes.some(({ tags }) => tags.application === application)) return;
    if (machines.some((one) => one.application === application)) return;
    try {
      await remove(nameOf('shelf', shelfOf(application)), signal);
    } catch (error) {
      // A machine has just been made that has it.
      if (!(error instanceof ConpaasError) || error.code !== 'conflict') throw error;
    }
  }

  const volumes: Volumes = {
    available: async () => true,
    pricePerGbMonth: async () => 0,
    list,
    async create({ name, tags, sizeGb }, signal) {
      await make('volume', Name.parse(name), tags, { [sizeLabel]: String(sizeGb) }, signal);
      const made = await find(nameOf('volume', name), signal);
      if (made) return made;
      throw new ConpaasError('conflict', `The volume ${name} was destroyed as it was made.`, { retry: true });
    },
    async attach(id, server, signal) {
      const volume = await find(id, signal);
      if (!volume) throw new ConpaasError('not_found', `There is no volume ${id}.`);
      const { name, tags } = volume;
      const machine = (await holders(signal)).find((one) => one.server === server);
      if (!machine) throw new ConpaasError('not_found', 'The machine is gone.');
      if (!machine.hasShelf || machine.application !== tags.application) {
        const what = 'This machine was made without a place for volumes like this one.';
        const instead =
          machine.application === ''
            ? 'A director gets another machine with: conpaas director restore'
            : 'Have another take its place.';
        throw new ConpaasError('conflict', `${what} ${instead}`);
      }
      const taken = (holder: string) => new ConpaasError('conflict', `The volume ${name} is attached to ${holder}.`);
      if (volume.attachedTo !== undefined && volume.attachedTo !== server) throw taken(volume.attachedTo);
      // Of a machine that is gone.
      if (volume.attachedTo === undefined) await remove(nameOf('attachment', name), signal);
      await make('attachment', name, tags, { [machineLabel]: server }, signal);
      // Of two who attach it at once the engine has taken one.
      const holder = (await attachments(signal)).get(name);
      if (holder !== server) throw taken(holder ?? 'another machine');
      return [`${shelfPlace}/${name}`];
    },
    async detach(id, signal) {
      const volume = await find(id, signal);
      if (volume) await remove(nameOf('attachment', volume.name), signal);
    },
    async destroy(id, signal) {
      const volume = await find(id, signal);
      if (!volume) return; // not there, or not ours
      const { name, tags, attachedTo } = volume;
      if (attachedTo !== undefined) {
        throw new ConpaasError('conflict', `The volume ${name} is attached to ${attachedTo}.`);
      }
      const machines = (await holders(signal)).filter((one) => one.application === tags.application && one.hasShelf);
      // Without a machine the data goes with the shelf, below: no other volume is ever called so.
      if (machines.length > 0) await wipe(machines, name, signal);
      await remove(nameOf('attachment', name), signal);
      await remove(id, signal);
      await tidy(tags.application, signal);
    },
  };

  async function wipe(machines: readonly Holder[], name: string, signal: AbortSignal): Promise<void> {
    const machine = machines.find(({ running }) => running);
    if (!machine) {
      const why = 'No machine of the application runs that could remove the data. It is tried again.';
      throw new ConpaasError('conflict', why, { retry: true });
    }
    const words = ['/bin/rm', '-rf', '--', `${shelfPlace}/${Name.parse(name)}`];
    const { code, errors } = await api.execute(machine.container, words, '', signal);
    if (code !== 0) throw new ConpaasError('cloud_failed', `The data of ${name} could not be removed: ${errors}`);
  }

  return {
    volumes,
    tidy,
    async bindsOf(tags, signal) {
      const whose = shelfOf(tags.application);
      await make('shelf', Name.parse(whose), tags, {}, signal);
      return [`${nameOf('shelf', whose)}:${shelfPlace}`];
    },
    belongings: async (signal) =>
      (await all('shelf', signal)).map(({ id, name, tags }) => ({ kind: 'shelf', id, name, tags })),
    destroyBelonging: (id, signal) => remove(id, signal),
  };
}
