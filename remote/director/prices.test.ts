import { expect, test } from 'vitest';
import type { Cloud, Offer } from '../core/clouds/cloud.ts';
import { costChange, costOf, Prices } from './prices.ts';

const signal = AbortSignal.timeout(10_000);

test.each([
  ['no machine costs nothing', [], { perHour: 0, machines: 0, unknown: 0 }],
  ['this computer costs nothing', [{ pricePerHour: 0 }], { perHour: 0, machines: 1, unknown: 0 }],
  [
    'known ones are added, the date is the oldest',
    [
      { pricePerHour: 0.02, pricedAt: 200 },
      { pricePerHour: 0.03, pricedAt: 100 },
    ],
    { perHour: 0.05, machines: 2, unknown: 0, pricedAt: 100 },
  ],
  [
    'unknown ones are counted, never 0',
    [{ pricePerHour: 0.02, pricedAt: 5 }, {}],
    { perHour: 0.02, machines: 2, unknown: 1, pricedAt: 5 },
  ],
  ['nothing but unknown', [{}, {}], { perHour: undefined, machines: 2, unknown: 2, pricedAt: undefined }],
])('costs: %s', (_name, vms, cost) => expect(costOf(vms)).toEqual(cost));

test.each([
  ['nothing changes', [], [], { perHour: 0, added: 0, freed: 0, unknown: 0 }],
  [
    'more and less',
    [{ pricePerHour: 0.5, pricedAt: 9 }, { pricePerHour: 0.25 }],
    [{ pricePerHour: 1, pricedAt: 3 }],
    { perHour: -0.25, added: 2, freed: 1, unknown: 0, pricedAt: 3 },
  ],
  ['what is unknown makes the difference unknown', [{ pricePerHour: 0.5 }, {}], [], { added: 2, freed: 0, unknown: 1 }],
  ['also of what is given back', [{ pricePerHour: 0.5 }], [{}], { added: 1, freed: 1, unknown: 1 }],
])('a change: %s', (_name, added, freed, change) =>
  expect(costChange({ added, freed })).toEqual({ perHour: undefined, pricedAt: undefined, ...change }),
);

test('a change of volumes counts as cost, not as machines; one without a price makes the difference unknown', () => {
  const machines = { added: [{ pricePerHour: 0.5 }], freed: [] };
  const disks = { added: [{ pricePerHour: 0.25 }, { pricePerHour: 0.5 }], freed: [{ pricePerHour: 1 }] };
  expect(costChange(machines, disks)).toMatchObject({ perHour: 0.25, added: 1, freed: 0, unknown: 0 });
  expect(costChange({ added: [], freed: [] }, disks)).toMatchObject({ perHour: -0.25, added: 0, freed: 0 });
  const strange = { added: [{}], freed: [] };
  expect(costChange(machines, strange)).toMatchObject({ perHour: undefined, added: 1, unknown: 1 });
});

const offering = (offers: () => Promise<readonly Offer[]>): Prices =>
  // Only `offers` of a cloud is asked for.
  new Prices(new Map([['c', { offers } as unknown as Cloud]]), () => undefined);
const small = { name: 'small', cpus: 1, memoryMb: 512, pricePerHour: 0.01, pricedAt: 7 };
const large = { name: 'large', cpus: 4, memoryMb: 8192, pricePerHour: 0.2, default: true };

test.each<[string, Offer[], string | undefined, unknown]>([
  ['the only offer is what one gets', [small], undefined, { size: 'small', pricePerHour: 0.01, pricedAt: 7 }],
  ['of several, the default', [small, large], undefined, { size: 'large', pricePerHour: 0.2 }],
  ['the one asked for', [small, large], 'small', { size: 'small', pricePerHour: 0.01, pricedAt: 7 }],
  ['no default, no price', [small, { ...large, default: false }], undefined, {}],
  ['an offer that is no more', [small], 'huge', { size: 'huge' }],
])('prices: %s', async (_name, offers, size, price) => {
  expect(await offering(async () => offers).of('c', size, signal)).toEqual({
    size: undefined,
    pricePerHour: undefined,
    pricedAt: undefined,
    ...(price as object),
  });
});

test('a cloud that does not answer is asked again; one that does is not', async () => {
  let asked = 0;
  const prices = offering(async () => {
    asked += 1;
    if (asked === 1) throw new Error('away');
    return [small];
  });
  expect((await prices.of('c', undefined, signal)).pricePerHour).toBeUndefined();
  expect((await prices.of('c', undefined, signal)).pricePerHour).toBe(0.01);
  expect((await prices.of('c', undefined, signal)).pricePerHour).toBe(0.01);
  expect(asked).toBe(2);
});
