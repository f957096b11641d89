/**
 * Follows the list of control processes at the director, on clouds where nobody can tell a machine anything: the host
 * joins with a token of its own, keeps its certificate, and takes every list it is given. While the director is away,
 * the last list counts.
 */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { toFailure } from '../core/contract/errors.ts';
import type { HostProcess } from '../core/contract/host.ts';
import { hostDirectorMethods } from '../core/contract/hosts.ts';
import type { HostBootstrap, HostVolume } from '../core/contract/machine-host.ts';
import type { HostFacts, Program } from '../core/contract/release.ts';
import {
  bootstrapIdentity,
  type Credentials,
  joinDirector,
  keepRenewed,
  openCredentials,
  renewCertificate,
} from '../core/identity/index.ts';
import { type KnownPlace, placeFile, readPlace } from '../core/process/index.ts';
import { type Client, connect } from '../core/rpc/index.ts';

export interface FollowOptions {
  readonly bootstrap: HostBootstrap;
  /** Of the host; its credentials lie in `identity/`. */
  readonly directory: string;
  /** Once, when the host has joined and before it asks for the list; may take minutes. */
  prepare?(director: Client<typeof hostDirectorMethods>, signal: AbortSignal): Promise<void>;
  /** Makes it so; what it throws is its own to try again. */
  take(processes: readonly HostProcess[], volumes: readonly HostVolume[] | undefined): Promise<void>;
  /** The release of this host, which the director is told. */
  facts(): Promise<HostFacts>;
  /** @returns whether this process ends now, to be another */
  replaceHost(program: Program): Promise<boolean>;
  log(line: string): void;
}

const firstPauseMs = 200;
const longestPauseMs = 15_000;

/** Begins to follow; what it gives ends it. */
export function followList(options: FollowOptions): AsyncDisposable {
  const stop = new AbortController();
  const work = keepFollowing(options, stop.signal).catch((error: unknown) => {
    if (!stop.signal.aborted) options.log(`the list is not followed any more: ${toFailure(error).message}`);
  });
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await work;
    },
  };
}

async function keepFollowing(options: FollowOptions, signal: AbortSignal): Promise<void> {
  const { log } = options;
  let credentials: Credentials | undefined;
  let prepared = false;
  const prepare = async (director: Client<typeof hostDirectorMethods>): Promise<void> => {
    if (!prepared) await options.prepare?.(director, signal);
    prepared = true;
  };
  for (let pause = firstPauseMs; !signal.aborted; pause = Math.min(pause * 2, longestPauseMs)) {
    try {
      credentials ??= await join(options, signal);
      await follow({ ...options, prepare }, credentials, signal, () => {
        pause = firstPauseMs;
      });
    } catch (error) {
      if (signal.aborted) return;
      // A certificate of before may have been shut out; a fresh start loads it again, and renews one that has ended.
      credentials = undefined;
      log(`the director cannot be followed (${toFailure(error).message}); the last list counts`);
    }
    await delay(pause * (0.75 + Math.random() / 2), undefined, { signal }).catch(() => undefined); // aborted: ends above
  }
}

function join({ bootstrap, directory, log }: FollowOptions, signal: AbortSignal): Promise<Credentials> {
  const director = placeNow(bootstrap, directory);
  return joinDirector({
    bootstrap: { ...bootstrap, director },
    directory: path.join(directory, 'identity'),
    signal,
    log,
  });
}

/**
 * Where the director is. Nobody can tell a host, but the processes that it looks after are told, and note it in their
 * homes. Whatever is noted there: nobody is believed to be the director who cannot prove it.
 */
function placeNow(bootstrap: HostBootstrap, directory: string): KnownPlace {
  const homes = path.join(directory, 'homes');
  const names = existsSync(homes) ? readdirSync(homes) : [];
  const known = names.flatMap((name) => readPlace(path.join(homes, name, placeFile)) ?? []);
  const first: KnownPlace = { ...bootstrap.director, epoch: 1 };
  return known.reduce((newest, one) => (one.epoch > newest.epoch ? one : newest), first);
}

/** One connection: until it breaks. */
async function follow(
  { bootstrap, directory, prepare, take, facts, replaceHost, log }: FollowOptions,
  credentials: Credentials,
  signal: AbortSignal,
  answered: () => void,
): Promise<void> {
  let current = credentials;
  const identity = bootstrapIdentity(bootstrap);
  const files = await openCredentials(path.join(directory, 'identity'));
  const place = placeNow(bootstrap, directory);
  const access = { director: place, identity, files };
  await using renewal = keepRenewed({
    credentials,
    renew: (from, limited) => renewCertificate(access, from, limited),
    onRenewed: (fresh) => {
      current = fresh;
    },
    log,
  });
  await using client = connect(hostDirectorMethods, {
    address: place,
    expect: { kind: 'director', deployment: bootstrap.deployment },
    leastEpoch: () => place.epoch,
    credentials: () => current,
  });
  await prepare?.(client, signal);
  const tell = async (): Promise<void> => {
    const { previous, ...told } = await facts();
    await client.call('tell_program', told, { signal }).catch((error: unknown) => {
      const { code } = toFailure(error);
      if (code !== 'unknown_method' && code !== 'forbidden') throw error; // a director of before does not want to know
    });
  };
  await tell();
  let renewals: number | undefined;
  for await (const orders of client.stream('watch_processes', {}, { signal })) {
    answered();
    await take(orders.processes, orders.volumes).catch(() => undefined); // logged by whoever settles, who tries again
    if (orders.host && !(await replaceHost(orders.host))) await tell();
    if (renewals !== undefined && orders.renewals !== renewals) await renewal.renewNow();
    renewals = orders.renewals;
  }
}
