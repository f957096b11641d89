import { expect, test } from 'vitest';
import { allKills, describeKill, openMovingProbe } from '../system/killed-move.ts';

test.each(['deployments', 'clouds'] as const)(
  'between two %s, a moving command killed at every commit of its record: one of the two is whole, and the move can be ended',
  async (between) => {
    const startedAt = performance.now();
    const waiting = allKills();
    const count = waiting.length;
    const failures: string[] = [];
    while (waiting.length > 0) {
      try {
        // A failed move may leave anything behind: the next ones get deployments of their own.
        await using probe = await openMovingProbe(between);
        for (let next = waiting.shift(); next; next = waiting.shift()) {
          console.log(
            `${Math.round((performance.now() - startedAt) / 1000)} s, ${waiting.length} to go: ${describeKill(next)}`,
          );
          await probe.travel(next);
        }
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error));
        console.log(failures.at(-1));
      }
    }
    console.log(`${count} kills in ${((performance.now() - startedAt) / 60_000).toFixed(1)} minutes`);
    expect(failures.map((text) => text.split('\n').slice(0, 2).join(' '))).toEqual([]);
  },
);
