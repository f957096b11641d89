/** What a move would do, told before anything happens. */
import { z } from 'zod';
import type { ApplicationInfo } from '../../remote/core/contract/application.ts';
import type { CostChange } from '../../remote/core/contract/cost.ts';
import type { Movable } from '../../remote/core/contract/moving.ts';
import type { ManagerClient } from '../deploy/index.ts';

/** A director, or another cloud of the same. */
export interface Place {
  /** Id of the deployment. */
  readonly deployment: string;
  /** What the user calls it. */
  readonly name: string;
  /** Name of the cloud that machines are on. */
  readonly cloud: string;
}

export interface MovePlan {
  /** Id. */
  readonly application: string;
  readonly name: string;
  readonly from: Place;
  readonly to: Place;
  readonly services: readonly {
    readonly name: string;
    readonly type: string;
    readonly running: boolean;
    /** Of its databases, where it has any and tells. */
    readonly dataBytes?: number;
  }[];
  /** Archives and scripts. */
  readonly code: { readonly files: number; readonly bytes: number };
  /** Names. */
  readonly secrets: readonly string[];
  /** Names that visitors reach it by. */
  readonly domains: readonly string[];
  /** Of its machines there. */
  readonly cost?: CostChange | undefined;
  /** US dollars an hour of its machines here; absent: not known. */
  readonly costNow?: number | undefined;
  /** An estimate of how long its databases take no changes until the new application counts, seconds; 0: it has none. */
  readonly readOnlySeconds: number;
  /** What happens, and what does not come along, as sentences. */
  readonly notes: readonly string[];
}

/** Bytes a second that a database is dumped, carried and loaded with, and seconds for the rest: cautious guesses. */
const bytesPerSecond = 4 * 1024 ** 2;
const restSeconds = 15;

export function estimateReadOnly(dataBytes: readonly (number | undefined)[]): number {
  if (dataBytes.length === 0) return 0;
  const bytes = dataBytes.reduce<number>((sum, one) => sum + (one ?? 0), 0);
  return restSeconds + Math.ceil(bytes / bytesPerSecond);
}

const Statistics = z.object({ databases: z.array(z.object({ bytes: z.number() })) });

/** Bytes of the databases of each running service with data, where it tells; those that do not are undefined. */
export async function sizesOf(
  manager: ManagerClient,
  movable: Movable,
  signal: AbortSignal,
): Promise<Map<string, number | undefined>> {
  const { methods } = await manager.call('hello', {}, { signal });
  const sizes = new Map<string, number | undefined>();
  for (const { name, data, running } of movable.services) {
    if (!data || !running) continue;
    const told = methods.includes('get_statistics')
      ? Statistics.safeParse(await manager.callAny('get_statistics', { service: name }, { signal }))
      : undefined;
    sizes.set(
      name,
      told?.data?.databases.reduce((sum, { bytes }) => sum + bytes, 0),
    );
  }
  return sizes;
}

/** Pure. */
export function notesOf(
  movable: Movable,
  { summary }: ApplicationInfo,
  { readOnlySeconds, isUnknown }: { readonly readOnlySeconds: number; readonly isUnknown: boolean },
): string[] {
  const { services } = movable;
  const { name, address } = summary;
  const domains = services.flatMap((service) => service.domains);
  const elsewhere = services.filter(({ cloud }) => cloud !== undefined);
  const databases = services.filter(({ data }) => data).map((service) => service.name);
  const hasCode = services.some(({ data }) => !data);
  return [
    `${name} goes on here until the new one was seen to answer. Before that, taking the move back leaves it as it is.`,
    ...(databases.length > 0
      ? [
          `While its data is copied, ${databases.join(' and ')} can be read but not written: who sends something is asked to try again (503). That lasts ${
            isUnknown ? 'some time (its size is not known)' : `about ${durationText(readOnlySeconds)}`
          } until the new one counts; what is here stays read only from then on, so that nothing is lost.`,
        ]
      : []),
    ...(address === undefined
      ? []
      : [`It gets a new address; ${address} ends when the old one is removed, which you confirm.`]),
    ...(domains.length > 0
      ? [
          `Once it has switched, have ${domains.join(', ')} lead to the new address: only you can change that. Certificates are made anew there.`,
        ]
      : []),
    ...(hasCode
      ? [
          'What its code has written to files on its machines, and the sessions of its visitors, do not come along: they sign in again.',
        ]
      : []),
    ...(elsewhere.length > 0
      ? [
          `${elsewhere.map((one) => `${one.name} (on ${String(one.cloud)})`).join(', ')}: all services come to one cloud.`,
        ]
      : []),
    'Its code comes in the version that is live; earlier versions, its history, logs and metrics go with the old one.',
  ];
}

/** "15 seconds", "3 minutes". */
export function durationText(seconds: number): string {
  if (seconds < 90) return `${seconds} seconds`;
  return `${Math.round(seconds / 60)} minutes`;
}
