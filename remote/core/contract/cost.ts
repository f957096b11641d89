/** What machines, and the volumes with their data, cost. A price that is not known is left out, never 0. */
import { z } from 'zod';
import { method, nothing } from './method.ts';

export const Cost = z.object({
  /** US dollars an hour, of the machines and volumes whose price is known; left out where none is. */
  perHour: z.number().optional(),
  machines: z.number().int(),
  /** How many machines and volumes have no known price. */
  unknown: z.number().int(),
  /** Of when the oldest of these prices is, milliseconds since the epoch; left out for prices without a date (this computer). */
  pricedAt: z.number().optional(),
});
export type Cost = z.infer<typeof Cost>;

/** What changes with the machines that a plan adds and frees. */
export const CostChange = z.object({
  /** US dollars an hour more, or less where negative; left out where the price of one of them is not known. */
  perHour: z.number().optional(),
  /** Machines. */
  added: z.number().int(),
  freed: z.number().int(),
  /** How many of them have no known price. */
  unknown: z.number().int(),
  pricedAt: Cost.shape.pricedAt,
});
export type CostChange = z.infer<typeof CostChange>;

export const directorCostMethods = {
  get_costs: method({
    kind: 'query',
    params: nothing,
    result: Cost.extend({ clouds: z.array(Cost.extend({ cloud: z.string() })) }),
    callers: ['user'],
    since: 1,
    doc: 'What the machines of all applications cost now, in total and by cloud.',
  }),
};
