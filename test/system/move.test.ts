/** An application moved between two deployments of this computer: real nginx, PHP-FPM, Redis and MariaDB at both. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { describeKill, type MoveKill, type MovingProbe, openMovingProbe } from './killed-move.ts';

let probe: MovingProbe;
beforeAll(async () => {
  probe = await openMovingProbe();
});
afterAll(() => probe[Symbol.asyncDispose]());

const Plan = z.object({
  from: z.object({ name: z.string() }),
  to: z.object({ name: z.string() }),
  services: z.array(z.object({ name: z.string(), dataBytes: z.number().optional() })),
  code: z.object({ files: z.number(), bytes: z.number() }),
  secrets: z.array(z.string()),
  cost: z.object({ perHour: z.number(), added: z.number() }),
  readOnlySeconds: z.number(),
  notes: z.array(z.string()),
});

test('its plan says what comes along, what it costs, and for how long nothing can be written', async () => {
  const plan = await probe.desk.json(Plan, '--deployment', 'one', 'move', 'Probe', '--to', 'two', '--plan');
  expect(plan).toMatchObject({
    from: { name: 'one' },
    to: { name: 'two' },
    services: [{ name: 'web' }, { name: 'db', dataBytes: expect.any(Number) }],
    code: { files: 1 },
    secrets: expect.arrayContaining(['DB_PASSWORD', 'TOKEN', 'db-root']),
    cost: { perHour: 0, added: 1 },
  });
  expect(plan.readOnlySeconds).toBeGreaterThan(0);
  expect(plan.notes.join('\n')).toMatch(/can be read but not written[\s\S]*gets a new address[\s\S]*sessions/);
  expect(await probe.desk.conpaas('move')).toContain('Nothing is being moved');
  for (const [place, code, text] of [
    ['elsewhere', 3, 'There is no director or cloud "elsewhere"'],
    ['one', 2, 'It is at one already'],
  ] as const) {
    const ended = await probe.desk.run(['--deployment', 'one', 'move', 'Probe', '--to', place]);
    expect(ended).toMatchObject({ code, stderr: expect.stringContaining(text) });
  }
});

// All of them are in test/crash.
const sample: MoveKill[] = [
  // Its database was just frozen, and its copy not loaded.
  { command: 'move', commit: 14, moment: 'after', next: 'undo' },
  // All is there, and the old one counts still.
  { command: 'move', commit: 23, moment: 'before', next: 'go on' },
  { command: 'finish', commit: 6, moment: 'after', next: 'go on' },
];

test.each(sample.map((kill) => [describeKill(kill), kill] as const))('%s: one of the two is whole', (_title, kill) =>
  probe.travel(kill),
);
