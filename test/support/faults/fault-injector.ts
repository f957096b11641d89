/**
 * A fault injector around a driver: the same cloud, on bad days. It fails calls before or after they have taken effect, lets
 * machines fail and vanish, and lists lag behind, as its seed says. What it says is what the product makes of a cloud's
 * own errors.
 */
import type { Cloud, CloudVm } from '../../../remote/core/clouds/cloud.ts';
import { plainError } from '../../../remote/core/clouds/ec2/errors.ts';
import type { VmId } from '../../../remote/core/contract/ids.ts';
import type { Random } from './random.ts';

export const faults = [
  'throttled',
  'quota',
  'capacity',
  'half_created',
  'vanished',
  'wrong_credentials',
  'clock_off',
  'api_down',
] as const;
export type Fault = (typeof faults)[number];

/** The cloud's own error codes for them. */
const codes = {
  throttled: 'RequestLimitExceeded',
  quota: 'VcpuLimitExceeded',
  capacity: 'InsufficientInstanceCapacity',
  wrong_credentials: 'AuthFailure',
  clock_off: 'RequestTimeTooSkewed',
  unreachable: 'ECONNRESET',
} as const;

/** How long each lasts, milliseconds of virtual time. */
const lasting: Readonly<Record<Fault, readonly [least: number, most: number]>> = {
  throttled: [1000, 30_000],
  quota: [30_000, 600_000],
  capacity: [10_000, 300_000],
  half_created: [30_000, 180_000],
  vanished: [0, 0],
  wrong_credentials: [30_000, 300_000],
  clock_off: [60_000, 600_000],
  api_down: [60_000, 60_000],
};
/** A list does not tell of what was just made for so long. */
const lagMs = 15_000;
const skewMs = 600_000;

export interface FaultInjectorOptions {
  readonly random: Random;
  /** Milliseconds, of the cloud's own clock. */
  now(): number;
  /** A machine that may be made to fail or vanish: one of ours. */
  victim(): CloudVm | undefined;
  endMachine(id: VmId, how: 'gone' | 'failed'): void;
  /** How wrong the clock of whoever calls is from now on, milliseconds. */
  skew(ms: number): void;
}

export interface FaultInjector {
  /** Each caller has one of its own: one that was killed gets no answers any more. */
  driver(): { readonly cloud: Cloud; kill(): void };
  /** Whether faults begin; off also ends those that last. */
  stormy: boolean;
  /** How often each has begun. */
  readonly begun: ReadonlyMap<Fault, number>;
  /** Calls that were failed. */
  readonly failed: number;
}

export function injectFaults(inner: Cloud, options: FaultInjectorOptions): FaultInjector {
  const { random, now } = options;
  const until = new Map<Fault, number>();
  const begun = new Map<Fault, number>();
  /** When a list tells of them. */
  const hidden = new Map<string, number>();
  let stormy = true;
  let failed = 0;

  const lasts = (fault: Fault): boolean => {
    const end = until.get(fault);
    if (end === undefined) return false;
    if (now() < end) return true;
    until.delete(fault);
    if (fault === 'clock_off') options.skew(0);
    return false;
  };

  const begin = (fault: Fault): void => {
    const [least, most] = lasting[fault];
    until.set(fault, now() + random.whole(least, most));
    begun.set(fault, (begun.get(fault) ?? 0) + 1);
    if (fault === 'clock_off') options.skew(random.pick([-skewMs, skewMs]));
    if (fault !== 'vanished') return;
    const victim = options.victim();
    if (victim) options.endMachine(victim.id, 'gone');
  };

  const fail = (why: keyof typeof codes, action: string): never => {
    failed += 1;
    const said =
      why === 'unreachable'
        ? Object.assign(new Error('socket hang up'), { code: codes.unreachable })
        : Object.assign(new Error('not now'), { name: codes[why] });
    throw plainError(said, action);
  };

  /** Bad days come by themselves, and end by themselves. */
  const weather = (): void => {
    if (stormy && random.chance(0.06)) begin(random.pick(faults));
    for (const fault of faults) lasts(fault);
  };

  const before = (action: string): void => {
    weather();
    if (lasts('api_down')) fail('unreachable', action);
    if (lasts('wrong_credentials')) fail('wrong_credentials', action);
    if (lasts('throttled') && random.chance(0.7)) fail('throttled', action);
    if (lasts('clock_off') && random.chance(0.5)) fail('clock_off', action);
    if (action !== 'RunInstances') return;
    if (lasts('quota')) fail('quota', action);
    if (lasts('capacity')) fail('capacity', action);
  };

  /** The answer of what was done is lost on its way. */
  const after = (action: string): void => {
    if (lasts('half_created') && random.chance(0.5)) fail('unreachable', action);
  };

  function driver(): { readonly cloud: Cloud; kill(): void } {
    let killed = false;
    async function call<T>(action: string, work: () => Promise<T>): Promise<T> {
      try {
        before(action);
        const result = await work();
        after(action);
        if (!killed) return result;
      } catch (error) {
        if (!killed) throw error;
      }
      return new Promise<never>(() => undefined); // who has asked is dead
    }
    const cloud: Cloud = {
      ...inner,
      check: (signal) => call('DescribeInstances', () => inner.check(signal)),
      createVm: (request, signal) =>
        call('RunInstances', async () => {
          const vm = await inner.createVm(request, signal);
          if (lasts('half_created')) {
            if (random.chance(0.4)) hidden.set(vm.id, now() + lagMs);
            if (random.chance(0.3)) options.endMachine(vm.id, 'failed');
          }
          return vm;
        }),
      listVms: (signal) =>
        call('DescribeInstances', async () => {
          const all = await inner.listVms(signal);
          return all.filter(({ id }) => (hidden.get(id) ?? 0) <= now());
        }),
      destroyVm: (id, signal) => call('TerminateInstances', () => inner.destroyVm(id, signal)),
      offers: (signal) => call('DescribeInstanceTypes', () => inner.offers(signal)),
      tagged: (signal) => call('DescribeInstances', () => inner.tagged(signal)),
      removeTagged: (thing, signal) => call('TerminateInstances', () => inner.removeTagged(thing, signal)),
      retire: (signal) => call('DeleteSecurityGroup', () => inner.retire(signal)),
    };
    return {
      cloud,
      kill() {
        killed = true;
      },
    };
  }

  return {
    driver,
    begun,
    get failed() {
      return failed;
    },
    get stormy() {
      return stormy;
    },
    set stormy(wanted) {
      stormy = wanted;
      if (wanted) return;
      until.clear();
      options.skew(0);
    },
  };
}
