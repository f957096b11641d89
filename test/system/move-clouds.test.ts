/** An application moved between two clouds of one director, of this computer twice, by commands that are killed. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeKill, type MoveKill, type MovingProbe, openMovingProbe } from './killed-move.ts';

let probe: MovingProbe;
beforeAll(async () => {
  probe = await openMovingProbe('clouds');
});
afterAll(() => probe[Symbol.asyncDispose]());

// All of them are in test/crash.
const sample: MoveKill[] = [
  // Its database was just frozen, and its copy not loaded.
  { command: 'move', commit: 14, moment: 'after', next: 'undo' },
  // All is there, and the old one counts still: both are at one director, and have to change their names.
  { command: 'move', commit: 22, moment: 'after', next: 'go on' },
  { command: 'undo', commit: 4, moment: 'before', next: 'undo' },
  { command: 'finish', commit: 6, moment: 'after', next: 'go on' },
];

test.each(sample.map((kill) => [describeKill(kill), kill] as const))('%s: one of the two is whole', (_title, kill) =>
  probe.travel(kill),
);

test('and it is on the cloud that it was moved to last', () => expect(probe.side).toBe('local'));
