import { expect, test } from 'vitest';
import type { FigureSpec } from '../core/metrics/index.ts';
import type { NodeMeasurement } from '../core/service/agent.ts';
import type { ServiceSpec } from '../core/service/spec.ts';
import { createSampler } from './sampler.ts';
import { testSpec } from './test-service.ts';

const figure = (name: string, kind: FigureSpec['kind'], role = 'store'): FigureSpec => ({
  name,
  kind,
  title: name,
  unit: 'count',
  doc: name,
  chart: name,
  over: 'sum',
  roles: [role],
});

const spec: ServiceSpec = {
  ...testSpec,
  figures: [figure('keys', 'gauge'), figure('commands', 'counter'), figure('sent', 'counter', 'store:peer')],
};

function samplerOf(answers: (NodeMeasurement | Error)[]) {
  const stop = new AbortController();
  const lines: string[] = [];
  const sampler = createSampler({
    nodes: () => [
      {
        node: 'cache-1',
        directories: ['/nowhere'],
        type: 'test',
        role: 'store',
        pids: () => [process.pid],
        measure: async () => {
          const next = answers.shift();
          if (!next || next instanceof Error) throw next ?? new Error('nothing is left');
          return next;
        },
      },
    ],
    specs: { test: spec },
    signal: stop.signal,
    log: (line) => lines.push(line),
  });
  return { sampler, lines };
}

test('totals become rates, an engine that starts anew leaves a gap, and parts stand by themselves', async () => {
  const { sampler } = samplerOf([
    { figures: { keys: 1, commands: 100, unknown: 5 }, parts: { 'peer/a': { sent: 10 } } },
    { figures: { keys: 2, commands: 150 }, parts: { 'peer/a': { sent: 20 } } },
    { figures: { keys: undefined, commands: 10 } },
  ]);
  for (const time of [5000, 10_000, 15_000]) await sampler.sample(time);
  const { samples, more } = sampler.samples(0, 24);
  expect(more).toBe(false);
  const [own, part] = samples;
  expect(own?.times).toEqual([5000, 10_000, 15_000]);
  expect(own?.figures).not.toContain('unknown');
  const column = (name: string) => own?.rows.map((row) => row[own.figures.indexOf(name)]);
  expect(column('keys')).toEqual([1, 2, null]);
  const [first, second, third] = column('commands') ?? [];
  expect([first, third]).toEqual([null, null]);
  expect(second).toBeGreaterThan(0);
  expect(column('memory')?.[0]).toBeGreaterThan(1_000_000);
  expect(part).toMatchObject({ node: 'cache-1', part: 'peer/a', figures: ['sent'] });
});

test('asked from where one stands, a few at a time; the last ten minutes are kept', async () => {
  const { sampler } = samplerOf([]);
  for (let tick = 1; tick <= 130; tick += 1) await sampler.sample(tick * 5000);
  const first = sampler.samples(0, 24);
  expect(first.more).toBe(true);
  expect(first.samples[0]?.times).toEqual(Array.from({ length: 24 }, (_, index) => (11 + index) * 5000));
  expect(sampler.samples(129 * 5000, 24)).toMatchObject({ more: false, samples: [{ times: [130 * 5000] }] });
});

test('what a service cannot tell is said once, and what the machine tells goes on', async () => {
  const { sampler, lines } = samplerOf([new Error('no answer'), new Error('no answer'), new Error('refused')]);
  for (const time of [5000, 10_000, 15_000]) await sampler.sample(time);
  expect(lines).toEqual(['figures of cache-1: no answer', 'figures of cache-1: refused']);
  expect(sampler.samples(0, 24).samples[0]?.figures).toContain('cpu');
});
