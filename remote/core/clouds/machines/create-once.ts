/** One server a name, on clouds that may make two when they are asked twice. */
import type { Server } from './provider.ts';

/** Whether a server of that name still counts. */
export function isLiving({ state }: Pick<Server, 'state'>): boolean {
  return state !== 'gone';
}

/** Of several with one name the oldest stays; of equally old ones that with the smaller id. All drivers agree on it. */
export function chosenOf(servers: readonly Server[]): Server | undefined {
  return [...servers].sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))[0];
}

export interface Creation {
  /** What the server is known by all over this process, whichever driver makes it: cloud, deployment and name. */
  readonly key: string;
  readonly list: () => Promise<readonly Server[]>;
  /** Asks the cloud, with a client token where it knows such. */
  readonly create: () => Promise<Server>;
  readonly destroy: (id: string) => Promise<void>;
}

/** Creations that are under way in this process. */
const underWay = new Map<string, Promise<unknown>>();

/**
 * Looks for a living server of that name, creates one where there is none, and looks again: where somebody else has
 * created one meanwhile, the chosen one stays and what was made here is destroyed. Within a process, creations of one
 * server wait for each other; between processes it is the client token that makes sure, as the times that clouds tell are
 * too coarse for an order.
 */
export async function createOnce(creation: Creation): Promise<Server> {
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

async function lookAndCreate({ list, create, destroy }: Creation): Promise<Server> {
  const present = chosenOf((await list()).filter(isLiving));
  if (present) return present;
  const made = await create();
  // The cloud's list may not tell of it yet.
  const all = [made, ...(await list()).filter(({ id }) => id !== made.id)].filter(isLiving);
  const chosen = chosenOf(all) ?? made;
  if (chosen.id !== made.id) await destroy(made.id);
  return chosen;
}
