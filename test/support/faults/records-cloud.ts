/**
 * A cloud in memory, in virtual time: machines are records that take their time to start, ended ones are told of for an
 * hour more, and others have machines at the same account. What is done to those is remembered.
 */
import type { Cloud, CloudVm, Tags } from '../../../remote/core/clouds/cloud.ts';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import { VmId } from '../../../remote/core/contract/ids.ts';

const bootMs = 20_000;
const toldMs = 3_600_000;

export interface RecordsCloud {
  readonly cloud: Cloud;
  /** Living machines with the tag of that deployment. */
  living(deployment: string): CloudVm[];
  /** Machines of others as they are, for comparing. */
  foreign(): unknown;
  /** What was done to machines of others: nothing, or there is a fault. */
  readonly trespasses: readonly string[];
  /** The cloud loses it, or it fails. */
  end(id: VmId, how: 'gone' | 'failed'): void;
}

interface Row {
  readonly vm: Omit<CloudVm, 'state'>;
  ended?: { readonly state: 'gone' | 'failed'; readonly at: number; readonly cause: string };
}

const others: readonly Tags[] = [
  { deployment: 'd-other', application: 'app-other', operation: 'op-other' },
  { deployment: 'd-other', application: '', operation: 'op-other' },
  { deployment: '', application: '', operation: '' }, // not of ConPaaS at all
];

/** @param now milliseconds, of the cloud's own clock */
export function createRecordsCloud(deployment: string, now: () => number): RecordsCloud {
  const rows = new Map<VmId, Row>();
  const trespasses: string[] = [];
  let made = 0;

  const add = (name: string, tags: Tags): Row => {
    made += 1;
    const id = VmId.parse(`i-${String(made).padStart(6, '0')}`);
    const address = `10.0.${Math.floor(made / 200)}.${(made % 200) + 1}`;
    const row: Row = { vm: { id, name, tags, address, createdAt: now(), size: 'small' } };
    rows.set(id, row);
    return row;
  };
  for (const [at, tags] of others.entries()) add(`foreign-${at}`, tags);

  const toVm = ({ vm, ended }: Row): CloudVm => {
    if (ended) return { ...vm, state: ended.state, cause: ended.cause };
    return { ...vm, state: now() - vm.createdAt >= bootMs ? 'running' : 'creating' };
  };
  const isTold = ({ ended }: Row): boolean => !ended || ended.state === 'failed' || now() - ended.at < toldMs;
  const isLiving = ({ ended }: Row): boolean => ended?.state !== 'gone';
  const mine = ({ vm }: Row): boolean => vm.tags.deployment === deployment;
  const own = (id: string, what: string): Row | undefined => {
    const row = rows.get(VmId.parse(id));
    if (row && !mine(row)) trespasses.push(`${what} ${row.vm.name}`);
    return row && mine(row) ? row : undefined;
  };
  const refuse = async (): Promise<never> => {
    throw new ConpaasError('internal', 'nothing runs on records');
  };
  const end = (id: VmId, state: 'gone' | 'failed', cause: string): void => {
    const row = own(id, `ended`);
    if (row && isLiving(row)) row.ended = { state, at: now(), cause };
  };

  return {
    trespasses,
    living: (of) =>
      [...rows.values()].filter((row) => row.vm.tags.deployment === of && isLiving(row)).map((row) => toVm(row)),
    foreign: () => [...rows.values()].filter((row) => !mine(row)),
    end: (id, how) => end(id, how, how === 'gone' ? 'taken back' : 'its disk did not come up'),
    cloud: {
      kind: 'records',
      lists: 'followed',
      check: async () => undefined,
      async createVm({ name, tags }) {
        if (tags.deployment !== deployment) trespasses.push(`created ${name} under another tag`);
        const present = [...rows.values()].find((row) => mine(row) && row.vm.name === name && isLiving(row));
        return toVm(present ?? add(name, tags));
      },
      // Those of others too: whoever looks must tell them apart.
      listVms: async () => [...rows.values()].filter(isTold).map(toVm),
      async destroyVm(id) {
        end(id, 'gone', 'destroyed');
      },
      setProcesses: refuse,
      install: refuse,
      contact: refuse,
      offers: async () => [{ name: 'small', cpus: 1, memoryMb: 1024, pricePerHour: 0.01 }],
      power: async () => undefined,
      wake: async () => undefined,
      tagged: async () =>
        [...rows.values()].filter(isLiving).map(({ vm: { id, name, tags, createdAt } }) => ({
          ...{ kind: 'machine', id, name, tags, createdAt },
        })),
      async removeTagged({ id }) {
        end(VmId.parse(id), 'gone', 'swept');
      },
      deployments: async () => ['d-other', deployment],
      retire: async () => undefined,
      [Symbol.asyncDispose]: async () => undefined,
    },
  };
}
