/** One of a name, on clouds that may make two when they are asked twice: a server, a security group. */
import type { Server } from './provider.ts';

/** What is made: a {@link Server}, or something that has no states. */
export interface Made {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly state?: Server['state'];
}

/** Whether one of that name still counts. */
export function isLiving({ state }: Pick<Made, 'state'>): boolean {
  return state !== 'gone';
}

/** Of several with one name the oldest stays; of equally old ones that with the smaller id. All drivers agree on it. */
export function chosenOf<Thing extends Made>(things: readonly Thing[]): Thing | undefined {
  return [...things].sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))[0];
}

export interface Creation<Thing extends Made> {
  /** What it is known by all over this process, whichever driver makes it: cloud, deployment and name. */
  readonly key: string;
  readonly list: () => Promise<readonly Thing[]>;
  /** Asks the cloud, with a client token where it knows such. */
  readonly create: () => Promise<Thing>;
  readonly destroy: (id: string) => Promise<void>;
}

/** Creations that are under way in this process. */
const underWay = new Map<string, Promise<unknown>>();

/**
 * Looks for a living one of that name, creates one where there is none, and looks again: where somebody else has
 * created one meanwhile, the chosen one stays and what was made here is destroyed. Within a process, creations of one
 * thing wait for each other; between processes it is the client token that makes sure, as the times that clouds tell are
 * too coarse for an order.
 */
export async function createOnce<Thing extends Made>(creation: Creation<Thing>): Promise<Thing> {
  const { key } = creation;
  const work = (underWay.get(key) ?? Promise.resolve()).then(
    () => lookAndCreate(creation),
    () => lookAndCreate(creation), // the one before has failed; whoever asked for it was told
  );
  underWay.set(key, work);
  try {
    return await work;
  } finally {
    if (underWay.get(key) === work) underWay.delete(key);
  }
}

async function lookAndCreate<Thing extends Made>({ list, create, destroy }: Creation<Thing>): Promise<Thing> {
  const present = chosenOf((await list()).filter(isLiving));
  if (present) return present;
  const made = await create();
  // The cloud's list may not tell of it yet.
  const all = [made, ...(await list()).filter(({ id }) => id !== made.id)].filter(isLiving);
  const chosen = chosenOf(all) ?? made;
  if (chosen.id !== made.id) await destroy(made.id);
  return chosen;
}
