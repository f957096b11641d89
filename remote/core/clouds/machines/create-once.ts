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

/**
 * Looks for a living server of that name, creates one where there is none, and looks again: where somebody else has
 * created one meanwhile, both keep the same and what was made here is destroyed.
 * @param create asks the cloud; its own idempotence (a client token) is welcome but not needed
 */
export async function createOnce(options: {
  readonly list: () => Promise<readonly Server[]>;
  readonly create: () => Promise<Server>;
  readonly destroy: (id: string) => Promise<void>;
}): Promise<Server> {
  const present = chosenOf((await options.list()).filter(isLiving));
  if (present) return present;
  const made = await options.create();
  // The cloud's list may not tell of it yet.
  const all = [made, ...(await options.list()).filter(({ id }) => id !== made.id)].filter(isLiving);
  const chosen = chosenOf(all) ?? made;
  if (chosen.id !== made.id) await options.destroy(made.id);
  return chosen;
}
