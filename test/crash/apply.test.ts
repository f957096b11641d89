import { expect, test } from 'vitest';
import { allPoints, asJourneys, describePoint, type JourneyPoints, openJourneys } from '../system/killed-journey.ts';

/** Deployments side by side; journeys mostly wait. */
const lanes = Number(process.env['CRASH_LANES'] ?? 2);

test('a process killed at every commit of every journal, in each step of an application', async () => {
  const startedAt = performance.now();
  const points = await (async () => {
    await using journeys = await openJourneys();
    return allPoints(await journeys.count());
  })();
  const waiting = asJourneys(points);
  const failures: string[] = [];
  const missed: string[] = [];

  /** A failed journey may leave anything behind: the next ones get a deployment of their own. */
  const travel = async (): Promise<void> => {
    while (waiting.length > 0) {
      try {
        await using journeys = await openJourneys();
        for (let next = waiting.shift(); next; next = waiting.shift()) {
          const seconds = Math.round((performance.now() - startedAt) / 1000);
          console.log(`${seconds} s, ${waiting.length} to go: ${inWords(next)}`);
          missed.push(...(await journeys.travel(next)).map(describePoint));
        }
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error));
        console.log(failures.at(-1));
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, travel));

  const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1);
  console.log(`${points.length} points in ${minutes} minutes, ${missed.length} not come to:\n${missed.join('\n')}`);
  expect(failures.map((text) => text.split('\n').slice(0, 2).join(' '))).toEqual([]);
  expect(missed.length).toBeLessThan(points.length / 5);
});

function inWords(points: JourneyPoints): string {
  return Object.values(points).map(describePoint).join('; ');
}
