/** A sample of what test/crash does exhaustively. Another one: `CONPAAS_SEED=7 npx vitest run --project system`. */
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { allPoints, asJourneys, describePoint, type KillPoint, openJourneys } from './killed-journey.ts';

const seed = process.env['CONPAAS_SEED'] ?? '2026';
const size = 20;

/** The same seed and points give the same sample, whatever the order they come in. */
function sample(points: readonly KillPoint[]): KillPoint[] {
  const rank = (point: KillPoint): string =>
    createHash('sha256')
      .update(`${seed} ${describePoint(point)}`)
      .digest('hex');
  return points.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1)).slice(0, size);
}

it(`an application lives on after each of ${size} kills (seed ${seed})`, { timeout: 900_000 }, async () => {
  await using journeys = await openJourneys();
  const points = sample(allPoints(await journeys.count()));
  const missed: KillPoint[] = [];
  for (const journey of asJourneys(points)) missed.push(...(await journeys.travel(journey)));
  console.log(`seed ${seed}: ${points.map(describePoint).join('; ')}`);
  // A point may not be come to, as commits of one tick are grouped: most must be.
  expect(missed.map(describePoint).length).toBeLessThan(size / 2);
});
