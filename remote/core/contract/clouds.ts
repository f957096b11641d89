/** What the director says of its clouds: machines, prices, quotas. */
import { z } from 'zod';
import { method, nothing } from './method.ts';

/** A machine as its cloud tells it, and what it belongs to here. */
export const Machine = z.object({
  /** The cloud's id of it. */
  id: z.string(),
  name: z.string(),
  cloud: z.string(),
  state: z.enum(['creating', 'running', 'stopped', 'failed', 'gone']),
  cause: z.string().optional(),
  address: z.string().optional(),
  createdAt: z.number(),
  size: z.string().optional(),
  /** US dollars; absent: not known. */
  pricePerHour: z.number().optional(),
  /** nothing: it carries our tag, but no application or director here knows of it. The next sweep destroys it. */
  belongs: z.enum(['application', 'director', 'nothing']),
  application: z.string().optional(),
  applicationName: z.string().optional(),
});
export type Machine = z.infer<typeof Machine>;

/** A cloud that did not answer is said with its reason, and does not hide the others. */
const failure = z.string().optional();

export const CloudOffers = z.object({
  cloud: z.string(),
  kind: z.string(),
  /** When these prices were read or written down, milliseconds since the epoch. */
  asOf: z.number(),
  offers: z.array(
    z.object({
      name: z.string(),
      cpus: z.number(),
      memoryMb: z.number(),
      /** US dollars; absent: not known. */
      pricePerHour: z.number().optional(),
    }),
  ),
  failure,
});
export type CloudOffers = z.infer<typeof CloudOffers>;

export const CloudQuotas = z.object({
  cloud: z.string(),
  kind: z.string(),
  /** Empty where the cloud tells none. */
  quotas: z.array(z.object({ name: z.string(), used: z.number().optional(), limit: z.number() })),
  failure,
});
export type CloudQuotas = z.infer<typeof CloudQuotas>;

export const cloudMethods = {
  list_clouds: method({
    kind: 'query',
    params: nothing,
    result: z.array(
      z.object({
        name: z.string(),
        kind: z.string(),
        default: z.boolean(),
        /** Whether its machines and those of the default one reach each other by their addresses. */
        connected: z.boolean().optional(),
      }),
    ),
    callers: ['user'],
    since: 1,
    doc: 'Clouds that applications can be put on.',
  }),
  list_machines: method({
    kind: 'query',
    params: nothing,
    result: z.object({
      machines: z.array(Machine),
      failures: z.array(z.object({ cloud: z.string(), message: z.string() })),
    }),
    callers: ['user'],
    since: 1,
    doc: 'All machines of the deployment as its clouds tell them, also those that belong to nothing.',
  }),
  list_offers: method({
    kind: 'query',
    params: nothing,
    result: z.array(CloudOffers),
    callers: ['user'],
    since: 1,
    doc: 'Sizes of machines and what they cost an hour.',
  }),
  list_quotas: method({
    kind: 'query',
    params: nothing,
    result: z.array(CloudQuotas),
    callers: ['user'],
    since: 1,
    doc: 'How much of what a cloud allows is used, where the cloud tells it.',
  }),
};
