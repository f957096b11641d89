/**
 * What a director goes through with a cloud that has bad days: applications come, grow, shrink and go, the director is
 * killed in the middle, and its users try again what has failed. Real are machines, inventory, operations, journal and
 * sweep of the director; the managers are played here, and so is their reconciling.
 */
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import { ApplicationId, DeploymentId, OperationId } from '../../../remote/core/contract/ids.ts';
import { type Journal, openJournal } from '../../../remote/core/journal/index.ts';
import { Operations } from '../../../remote/core/operations/index.ts';
import { AddressKeeper } from '../../../remote/director/addresses.ts';
import { registerApplicationOperations } from '../../../remote/director/application-operations.ts';
import { Inventory } from '../../../remote/director/inventory.ts';
import { Machines } from '../../../remote/director/machines.ts';
import { Prices } from '../../../remote/director/prices.ts';
import { RemoteOperations } from '../../../remote/director/remote-operations.ts';
import { migrations } from '../../../remote/director/store.ts';
import { VolumeKeeper } from '../../../remote/director/volumes.ts';
import { type Fault, injectFaults } from './fault-injector.ts';
import { type Random, randomOf } from './random.ts';
import { createRecordsCloud } from './records-cloud.ts';

/** Time as the story tells it. */
export interface Clock {
  /** Sets what `Date.now()` says, milliseconds. */
  set(ms: number): void;
}

export interface Ended {
  readonly seed: number;
  readonly begun: ReadonlyMap<Fault, number>;
  readonly failedCalls: number;
  readonly deaths: number;
  /** Failures that users or managers were told, by their code. */
  readonly told: ReadonlyMap<string, number>;
  /** What is wrong: nothing, or the product has a fault. */
  readonly wrong: readonly string[];
}

const start = Date.UTC(2026, 0, 1);
const deployment = DeploymentId.parse('d-own');
const signal = new AbortController().signal;
const cloudName = 'records';
/** Rounds of a minute until all that was asked for must be there, once the weather is fine. */
const patience = 60;

/** An application as its users and its manager want it. */
interface Wanted {
  readonly id: ApplicationId;
  readonly name: string;
  readonly slots: Set<string>;
  deleted: boolean;
}

/** A director from its start to its death. */
interface Life {
  readonly journal: Journal;
  readonly inventory: Inventory;
  readonly machines: Machines;
  readonly operations: Operations;
  /** What is under way: never ends once it was killed. */
  readonly running: Map<string, Promise<void>>;
  kill(): void;
}

/** @param directory empty; the story's journal is in it */
export async function tellStory(seed: number, directory: string, clock: Clock): Promise<Ended> {
  const random = randomOf(seed);
  let time = start;
  let skew = 0;
  const setClock = (): void => clock.set(time + skew);
  setClock();
  const records = createRecordsCloud(deployment, () => time);
  const foreign = JSON.stringify(records.foreign());
  const injector = injectFaults(records.cloud, {
    random,
    now: () => time,
    victim: () => {
      const living = records.living(deployment);
      return living.length > 0 ? random.pick(living) : undefined;
    },
    endMachine: records.end,
    skew: (ms) => {
      skew = ms;
      setClock();
    },
  });
  const wanted: Wanted[] = [];
  const told = new Map<string, number>();
  const wrong: string[] = [];
  let deaths = 0;
  /** What the killed one says now, nobody hears. */
  let dying = false;
  let life = await begin();

  function tell(error: unknown, what: string): void {
    const code = error instanceof ConpaasError ? error.code : 'none';
    told.set(code, (told.get(code) ?? 0) + 1);
    if (error instanceof ConpaasError && isClear(error)) return;
    wrong.push(`${what} was told: ${error instanceof Error ? error.stack : String(error)}`);
  }

  async function begin(): Promise<Life> {
    const journal = openJournal({ path: path.join(directory, 'director.db'), name: 'story', migrations });
    const { cloud, kill } = injector.driver();
    const clouds = new Map([[cloudName, cloud]]);
    const inventory = new Inventory(journal);
    const log = (): void => undefined;
    const machines = new Machines({
      ...{ deployment, inventory, journal, clouds, prices: new Prices(clouds, log), log },
      ...{ directorAt: () => ({ host: '10.0.0.2', port: 5555 }), roots: () => [], tokenKey: Buffer.alloc(32) },
    });
    const operations = new Operations({ journal, onChange: () => undefined, log });
    const managers = {
      ready: async () => undefined,
      target: () => undefined,
      client: neverAsked,
      handOver: neverAsked,
    };
    const remoteOperations = new RemoteOperations(journal, () => undefined);
    const volumes = new VolumeKeeper({ deployment, inventory, journal, clouds, log });
    const addresses = new AddressKeeper({ deployment, inventory, clouds, log });
    const states = { get: () => undefined };
    registerApplicationOperations({
      ...{ inventory, machines, volumes, addresses, managers, operations, remoteOperations },
      ...{ states, specs: {} },
    });
    await machines.forgetRequests();
    operations.resume();
    const running = new Map<string, Promise<void>>();
    return {
      ...{ journal, inventory, machines, operations, running },
      kill() {
        kill();
        journal[Symbol.dispose]();
      },
    };
  }

  /** Under way beside all else; the same is not begun twice. */
  function run(what: string, work: (living: Life) => Promise<unknown>): void {
    const own = life;
    if (own.running.has(what)) return;
    const ended = work(own).then(
      () => undefined,
      (error: unknown) => {
        if (own === life && !dying) tell(error, what);
      },
    );
    own.running.set(
      what,
      ended.finally(() => own.running.delete(what)),
    );
  }

  /** What a manager does again and again: asks for machines that lack, gives back those that nobody wants. */
  function manage({ id, slots, deleted }: Wanted): void {
    const record = life.inventory.application(id);
    if (deleted || !record || record.deleting) return;
    const vms = life.inventory.vms(id);
    for (const slot of slots) {
      const vm = vms.find((one) => one.slot === slot);
      if (vm && vm.state !== 'failed' && vm.state !== 'gone') continue;
      run(`${slot} of ${id}`, ({ machines }) =>
        machines.ensure(
          { application: id, slot, cloud: cloudName, operation: newOperation(random), managers: vm?.managers ?? [] },
          signal,
        ),
      );
    }
    for (const vm of vms) {
      if (vm.managers.includes(record.epoch) || slots.has(vm.slot ?? '') || vm.state === 'destroying') continue;
      run(`end ${vm.id}`, ({ machines }) => machines.destroy(vm, signal));
    }
  }

  function sweep(): void {
    run('sweep', ({ machines }) => machines.sweep(signal));
  }

  /** A user who looks at what has failed and presses Retry, and replaces a manager that has lost its machine. */
  function tryAgain(): void {
    const { operations, inventory } = life;
    const under = new Set<string | undefined>();
    for (const { state, target } of operations.list()) if (state === 'running') under.add(target.application);
    for (const one of wanted) {
      if (under.has(one.id)) continue;
      const params = { application: one.id, name: one.name };
      const last = operations.list().find(({ target }) => target.application === one.id);
      if (last?.failure) tell(ConpaasError.of(last.failure), last.title);
      const record = inventory.application(one.id);
      if (one.deleted) {
        if (record) run(`delete ${one.id}`, () => operations.start('delete', params, { requestedBy: 'ann' }));
        continue;
      }
      if (!record) continue;
      const manager = inventory.vms(one.id).find(({ managers }) => managers.includes(record.epoch));
      if (manager && manager.state !== 'failed' && manager.state !== 'gone') continue;
      const kind = manager ? 'replace_manager' : 'create';
      run(`${kind} ${one.id}`, () => operations.start(kind, params, { requestedBy: 'ann' }));
    }
  }

  async function create(): Promise<void> {
    const id = ApplicationId.parse(`app-${wanted.length}`);
    const one: Wanted = { id, name: `Application ${wanted.length}`, slots: new Set(), deleted: false };
    const { inventory, operations } = life;
    await inventory.saveApplication({
      ...{ id, name: one.name, createdAt: time, createdBy: 'ann', cloud: cloudName, epoch: 1, deleting: false },
    });
    wanted.push(one);
    await operations.start('create', { application: id, name: one.name }, { requestedBy: 'ann' });
  }

  async function die(): Promise<void> {
    deaths += 1;
    dying = true;
    life.kill();
    life = await begin();
    dying = false;
  }

  /** Lets what is under way go on for a while. */
  async function breathe(turns: number): Promise<void> {
    for (let at = 0; at < turns; at += 1) await turn();
  }

  async function minute(): Promise<void> {
    time += 60_000;
    setClock();
    sweep();
    tryAgain();
    wanted.forEach(manage);
    await breathe(random.whole(1, 12));
  }

  const steps: readonly (() => Promise<void> | void)[] = [
    () => (wanted.length < 3 ? create() : undefined),
    grow,
    grow,
    grow,
    shrink,
    () => {
      const one = wanted.length > 0 ? random.pick(wanted) : undefined;
      if (one && random.chance(0.3)) one.deleted = true;
    },
    die,
    minute,
    minute,
    minute,
    () => {
      time += random.whole(1000, 20_000);
      setClock();
    },
  ];
  function grow(): void {
    const one = wanted.length > 0 ? random.pick(wanted) : undefined;
    if (one && one.slots.size < 4) one.slots.add(`m${random.whole(1, 9)}`);
  }
  function shrink(): void {
    const one = wanted.length > 0 ? random.pick(wanted) : undefined;
    const [slot] = one?.slots ?? [];
    if (one && slot !== undefined) one.slots.delete(slot);
  }

  /** What there should be and is not, and the other way round. */
  function differences(): string[] {
    const living = records.living(deployment);
    const { inventory, operations } = life;
    const found: string[] = [];
    const known = new Set<string>();
    for (const { id, slots, deleted } of wanted) {
      const record = inventory.application(id);
      if (deleted && record) found.push(`${id} is not deleted`);
      if (!deleted && !record) found.push(`${id} is lost`);
      if (deleted || !record) continue;
      const vms = inventory.vms(id);
      const manager = vms.find(({ managers }) => managers.includes(record.epoch));
      const needed = [...vms.filter(({ slot }) => slots.has(slot ?? '')), ...(manager ? [manager] : [])];
      if (needed.length < slots.size + 1) found.push(`${id} has ${needed.length} of ${slots.size + 1} machines`);
      for (const vm of needed) {
        known.add(vm.id);
        const there = living.filter(({ name }) => name === vm.id);
        if (there.length !== 1) found.push(`${vm.id} is ${there.length} machines`);
        if (there[0]?.state !== 'running' || vm.state !== 'running') {
          found.push(`${vm.id} is ${vm.state} on record and ${there[0]?.state} at the cloud`);
        }
      }
    }
    for (const { name, id, state } of living) if (!known.has(name)) found.push(`orphan ${name} (${id}, ${state})`);
    for (const { title, state } of operations.list()) if (state === 'running') found.push(`${title} is running`);
    return found;
  }

  /** In fine weather all comes to what is wanted, or the product has a fault. */
  async function settle(what: string): Promise<void> {
    injector.stormy = false;
    let left: string[] = [];
    for (let round = 0; round < patience; round += 1) {
      await minute();
      await breathe(20);
      await Promise.all(life.running.values());
      left = differences();
      if (left.length === 0) return;
    }
    wrong.push(...left.map((one) => `${what}: ${one}`));
  }

  const length = random.whole(15, 45);
  for (let at = 0; at < length; at += 1) {
    await random.pick(steps)();
    wanted.forEach(manage);
    await breathe(random.whole(0, 6));
  }
  await settle('all that was asked for is there');
  injector.stormy = true;
  for (const one of wanted) one.deleted = true;
  for (let at = 0; at < 5; at += 1) await (random.chance(0.2) ? die() : minute());
  await settle('all is gone that was deleted');

  if (JSON.stringify(records.foreign()) !== foreign) wrong.push('machines of others are not as they were');
  wrong.push(...records.trespasses);
  await Promise.all(life.running.values());
  await life.operations[Symbol.asyncDispose]();
  life.kill();
  return { seed, begun: injector.begun, failedCalls: injector.failed, deaths, told, wrong };
}

/** A person can do something with it: what happened and what to do, and nothing of our insides. */
function isClear({ code, message }: ConpaasError): boolean {
  return code !== 'internal' && message.length > 20 && /[.)]$/.test(message) && !/undefined|\[object/.test(message);
}

function newOperation(random: Random): OperationId {
  return OperationId.parse(`op-${random.whole(1, 1e9)}`);
}

const neverAsked = (): never => {
  throw new Error('managers are played by the story: nobody asks them');
};
