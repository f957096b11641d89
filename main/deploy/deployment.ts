/** Deployments of this desktop: `deployments.json` in the data directory, shared by the window and any command. */
import path from 'node:path';
import { z } from 'zod';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import { DeploymentId, newId, UserName, VmId } from '../../remote/core/contract/ids.ts';
import { readJson, updateJson, watch } from '../store/index.ts';

/** In place of a credential: the director asks this desktop for all it wants of its cloud. */
export const nothingLent = 'nothing';

/** A cloud that the director drives beside its own. */
export const FurtherPlace = z.object({
  /** What the director calls it, and manifests. */
  name: z.string(),
  kind: z.string(),
  /** Id of the credential in the vault; absent: this kind needs none. */
  credential: z.string().optional(),
  /** What the director is lent: the id of a credential, or {@link nothingLent}; absent: the same credential. */
  lent: z.string().optional(),
  /** Region, size …, as the driver wants them. */
  settings: z.record(z.string(), z.unknown()).optional(),
  /** Whether its machines and those of the director's cloud reach each other by their addresses. */
  connected: z.boolean(),
  /** Host by which its machines reach the director; absent: the one that this desktop uses, or the director's own. */
  director: z.string().optional(),
  /** Why what is there could not be started the last time, or the director not be told of it, for a person; absent: it could. */
  missed: z.string().optional(),
});
export type FurtherPlace = z.infer<typeof FurtherPlace>;

export const Deployment = z.object({
  id: DeploymentId,
  /** What the user calls it; unique on this desktop. */
  name: z.string().min(1).max(100),
  /** Name of the user that this desktop is, at the director. */
  owner: UserName,
  cloud: z.object({
    kind: z.string(),
    /** Id of the credential in the vault; absent: this kind needs none. */
    credential: z.string().optional(),
    /** What the director is lent: the id of a credential, or {@link nothingLent}; absent: the same credential. */
    lent: z.string().optional(),
    /** Region, size …, as the driver wants them. */
    settings: z.record(z.string(), z.unknown()).optional(),
  }),
  /** Absent: none. On record before the director knows of them, and until nothing is left there. */
  clouds: z.array(FurtherPlace).optional(),
  /** device: it was let in by the desktop that has the root; it can neither start nor destroy the deployment. */
  access: z.enum(['owner', 'device']).optional(),
  /**
   * What the user wants it to be. creating: `up` has not ended yet; destroying: `destroy` has not. `up` and `destroy`
   * go on from there.
   */
  state: z.enum(['creating', 'running', 'stopped', 'destroying']),
  createdAt: z.number(),
  /** The director's VM, once made. */
  vm: VmId.optional(),
  /** Where the director served last. */
  director: z.object({ host: z.string(), port: z.number().int() }).optional(),
  /** By how much its director may take longer to answer, where processors of its cloud are emulated; absent: 1. */
  patience: z.number().min(1).optional(),
  /** How often the director was made anew from a backup, plus one; absent: 1. Certificates of it say so, too. */
  epoch: z.number().int().min(1).optional(),
  /** A restoration of the director that has begun and not ended. */
  restoring: z
    .object({
      backup: z.string(),
      /** Of the director that it makes. */
      epoch: z.number().int(),
      /** making: the director before is untouched. switched: what is made now is the director. */
      phase: z.enum(['making', 'switched']),
    })
    .optional(),
  /** Life of the director's intermediate certificate, in milliseconds since the epoch. */
  intermediate: z.object({ notBefore: z.number(), notAfter: z.number() }).optional(),
});
export type Deployment = z.infer<typeof Deployment>;

const Content = z.object({ version: z.literal(1), deployments: z.array(Deployment) });

export interface DeploymentStore {
  list(): Promise<readonly Deployment[]>;
  /**
   * One deployment by id or name; the only one there is where nothing is said.
   * @throws ConpaasError `not_found`; `invalid_request` where nothing is said and there are several
   */
  find(idOrName: string | undefined): Promise<Deployment>;
  /** As `find`, but where there is none of that name, or none at all, it is recorded (state creating). */
  findOrCreate(name: string | undefined, owner: string, cloud: Deployment['cloud']): Promise<Deployment>;
  /** Records one that came from elsewhere; one of the same id is replaced. Its name is made unique. */
  put(deployment: Deployment): Promise<Deployment>;
  /** Records one (state creating) under `name`, or under `name-2` and so on where that is taken. */
  add(options: {
    readonly name: string;
    readonly owner: string;
    readonly cloud: Deployment['cloud'];
  }): Promise<Deployment>;
  /** Durable. @throws ConpaasError `not_found` when it was destroyed meanwhile */
  update(id: DeploymentId, change: Partial<Omit<Deployment, 'id'>>): Promise<Deployment>;
  remove(id: DeploymentId): Promise<void>;
  /** Calls `changed` after each change, by whatever process. */
  watch(changed: () => void): Disposable;
}

const defaultName = 'this-computer';

export function openDeploymentStore(dataDirectory: string): DeploymentStore {
  const file = path.join(dataDirectory, 'deployments.json');
  const list = async (): Promise<readonly Deployment[]> => (await readJson(file, Content))?.deployments ?? [];

  const change = (how: (present: readonly Deployment[]) => readonly Deployment[]) =>
    updateJson(file, Content, (content) => {
      const present = content?.deployments ?? [];
      const next = how(present);
      return next === present ? content : { version: 1 as const, deployments: [...next] };
    });

  return {
    list,
    async find(idOrName) {
      const found = select(await list(), idOrName);
      if (found) return found;
      throw new ConpaasError(
        'not_found',
        idOrName === undefined
          ? 'There is no deployment yet. Make one with: conpaas up'
          : `There is no deployment called ${idOrName}. "conpaas status" lists them.`,
      );
    },
    async findOrCreate(name, owner, cloud) {
      let result: Deployment | undefined;
      await change((present) => {
        result = select(present, name);
        if (result) return present;
        result = fresh(name ?? (cloud.kind === 'local' ? defaultName : cloud.kind), owner, cloud);
        return [...present, result];
      });
      if (!result) throw new ConpaasError('internal', 'The deployment was not recorded.');
      return result;
    },
    async add({ name, owner, cloud }) {
      let result: Deployment | undefined;
      await change((present) => {
        result = fresh(freeName(name, present), owner, cloud);
        return [...present, result];
      });
      if (!result) throw new ConpaasError('internal', 'The deployment was not recorded.');
      return result;
    },
    async put(deployment) {
      let result = deployment;
      await change((present) => {
        const others = present.filter(({ id }) => id !== deployment.id);
        result = { ...deployment, name: freeName(deployment.name, others) };
        return [...others, result];
      });
      return result;
    },
    async update(id, changed) {
      let result: Deployment | undefined;
      await change((present) =>
        present.map((each) => {
          if (each.id !== id) return each;
          result = { ...each, ...changed };
          return result;
        }),
      );
      if (!result) throw new ConpaasError('not_found', 'The deployment was destroyed meanwhile.');
      return result;
    },
    async remove(id) {
      await change((present) =>
        present.some((each) => each.id === id) ? present.filter((e) => e.id !== id) : present,
      );
    },
    watch: (changed) => watch(file, changed),
  };
}

function fresh(name: string, owner: string, cloud: Deployment['cloud']): Deployment {
  return {
    id: DeploymentId.parse(newId('d')),
    name,
    owner: checkedOwner(owner),
    cloud,
    state: 'creating',
    createdAt: Date.now(),
  };
}

/** The name, with a number where it is taken. */
function freeName(wanted: string, present: readonly Deployment[]): string {
  const taken = new Set(present.map(({ name }) => name));
  let name = wanted;
  for (let number = 2; taken.has(name); number += 1) name = `${wanted}-${number}`;
  return name;
}

function checkedOwner(owner: string): UserName {
  const parsed = UserName.safeParse(owner);
  if (parsed.success) return parsed.data;
  throw new ConpaasError(
    'invalid_request',
    `${JSON.stringify(owner)} is not a name for a user: up to 64 letters, digits, dots, hyphens and underscores.`,
  );
}

function select(present: readonly Deployment[], idOrName: string | undefined): Deployment | undefined {
  if (idOrName !== undefined) return present.find(({ id, name }) => id === idOrName || name === idOrName);
  if (present.length > 1) {
    const names = present
      .map(({ name }) => name)
      .sort()
      .join(', ');
    throw new ConpaasError('invalid_request', `There are several deployments (${names}). Say which one is meant.`);
  }
  return present[0];
}
