import { expect, test } from 'vitest';
import type { Figure } from '../../remote/core/contract/figures.ts';
import { OperationId } from '../../remote/core/contract/ids.ts';
import type { Operation } from '../../remote/core/contract/operation.ts';
import { columnsOf, csvOf, mostLines, newestIndex } from './columns.ts';
import { refreshEvery, sectionsOf, timeRanges } from './layout.ts';
import { markNear, marksOf } from './marks.ts';
import { formatTick, formatValue } from './units.ts';

const figure = (name: string, more: Partial<Figure> = {}): Figure => ({
  name,
  title: name.toUpperCase(),
  unit: '1/s',
  kind: 'counter',
  doc: name,
  chart: name,
  over: 'sum',
  group: 'Proxy',
  service: 'web',
  role: 'proxy',
  ...more,
});

const series = (name: string, values: (number | null)[], node?: string) => ({
  figure: name,
  ...(node === undefined ? {} : { node }),
  values,
  highest: values,
});

test('lines stand in the order of the figures, gaps are kept, empty ones are left out', () => {
  const columns = columnsOf(
    { step: 5, times: [0, 5000], series: [series('b', [1, null]), series('a', [null, 2]), series('c', [null, null])] },
    [figure('a'), figure('b'), figure('c')],
  );
  expect(columns.lines.map(({ label }) => label)).toEqual(['A', 'B']);
  expect([...(columns.lines[1]?.values ?? [])]).toEqual([1, Number.NaN]);
  expect(newestIndex(columns)).toBe(1);
  expect(newestIndex({ ...columns, lines: [] })).toBe(-1);
  expect(csvOf(columns)).toBe('time,A,B\r\n1970-01-01T00:00:00.000Z,,1\r\n1970-01-01T00:00:05.000Z,2,');
});

test('lines of nodes: named as is needed, the highest of too many', () => {
  const many = Array.from({ length: 14 }, (_, index) => series('a', [index], `backend-${index}`));
  const columns = columnsOf({ step: 5, times: [0], series: many }, [figure('a')]);
  expect(columns.lines).toHaveLength(mostLines);
  expect(columns.leftOut).toBe(4);
  expect(columns.lines[0]?.label).toBe('backend-4');
  const parts = [series('a', [1], 'proxy-1/backend-1'), series('b', [1], 'proxy-1/backend-1')];
  expect(
    columnsOf({ step: 5, times: [0], series: parts }, [figure('a'), figure('b')]).lines.map((l) => l.label),
  ).toEqual(['backend-1 · A', 'backend-1 · B']);
  const several = [series('a', [1], 'proxy-1/backend-1'), series('a', [1], 'proxy-2/backend-1')];
  expect(columnsOf({ step: 5, times: [0], series: several }, [figure('a')]).lines[1]?.label).toBe('proxy-2/backend-1');
});

test('a name with a comma is quoted in CSV', () => {
  const columns = columnsOf({ step: 5, times: [0], series: [series('a', [1])] }, [figure('a', { title: 'x, "y"' })]);
  expect(csvOf(columns).split('\r\n')[0]).toBe('time,"x, ""y"""');
});

test('sections: what users meet, then machines (once), then what lies behind', () => {
  const everywhere = { group: '', chart: 'CPU' };
  const sections = sectionsOf(
    [
      figure('cpu', everywhere),
      figure('requests'),
      figure('cpu', { ...everywhere, role: 'backend' }),
      figure('pages', { role: 'backend', group: 'Backend' }),
      figure('up', { role: 'proxy:server', group: 'Servers behind Proxy' }),
      figure('p50', { chart: 'Response time' }),
      figure('p95', { chart: 'Response time' }),
    ],
    true,
  );
  expect(sections.map(({ title }) => title)).toEqual([
    'web: Proxy',
    'Processor, memory and disk',
    'web: Backend',
    'web: Servers behind Proxy',
  ]);
  expect(sections[0]?.charts.map(({ figures }) => figures.map(({ name }) => name))).toEqual([
    ['requests'],
    ['p50', 'p95'],
  ]);
  expect(sections[1]?.charts).toMatchObject([{ service: undefined, role: undefined, figures: [{ name: 'cpu' }] }]);
  expect(sections[3]?.charts[0]?.alwaysByNode).toBe(true);
});

test('operations become marks: of this application and service, when they began or failed', () => {
  const operation = (id: string, more: Partial<Operation>): Operation => ({
    id: OperationId.parse(id),
    kind: 'x',
    title: id,
    target: { application: 'app' },
    state: 'done',
    steps: [],
    log: [],
    startedAt: 100,
    endedAt: 200,
    deadline: 0,
    requestedBy: 'ann',
    cancellable: false,
    retryable: false,
    ...more,
  });
  const marks = marksOf(
    [
      operation('op-1', {}),
      operation('op-2', { state: 'failed', failure: { code: 'internal', message: 'Why.' } }),
      operation('op-3', { state: 'running' }),
      operation('op-4', { target: { application: 'other' } }),
      operation('op-5', { target: { application: 'app', service: 'db' } }),
      operation('op-6', { startedAt: 5000 }),
    ],
    { application: 'app', service: 'web' },
    0,
    1000,
  );
  expect(marks).toEqual([
    { time: 100, text: 'op-1', kind: 'change' },
    { time: 200, text: 'op-2 failed: Why.', kind: 'failure' },
  ]);
  expect(markNear(marks, 190, 50)?.time).toBe(200);
  expect(markNear(marks, 400, 50)).toBeUndefined();
});

test.each([
  [0.034, 'cores', '3.4 %'],
  [1.5, 'cores', '1.5 cores'],
  [61_400_000, 'bytes', '61.4 MB'],
  [0, 'bytes', '0 B'],
  [1_250, 'bytes/s', '1.25 kB/s'],
  [0.2, '1/s', '0.2/s'],
  [12_000, '1/s', '12 k/s'],
  [35.04, 'ms', '35 ms'],
  [1_500, 'ms', '1.5 s'],
  [0.5, 'share', '50 %'],
  [3, 'count', '3'],
  [100, 'count', '100'],
  [Number.NaN, 'count', '–'],
] as const)('%d %s is told as %s', (value, unit, text) => {
  expect(formatValue(value, unit)).toBe(text);
});

test('ticks are as fine as the time that is shown; reading again is, too', () => {
  const time = new Date(2026, 10, 5, 14, 3, 7).getTime();
  expect([300_000, 3_600_000, 2 * 86_400_000, 30 * 86_400_000].map((span) => formatTick(time, span))).toEqual([
    '14:03:07',
    '14:03',
    '5 Nov 14:03',
    '5 Nov',
  ]);
  expect(timeRanges.map(({ ms }) => refreshEvery(ms))).toEqual([5000, 20_000, 60_000, 60_000, 60_000, 60_000]);
});
