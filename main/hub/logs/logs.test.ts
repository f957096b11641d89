import { expect, test } from 'vitest';
import type { LogLine } from '../../../remote/core/contract/application.ts';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import { type LogNews, LogViews, shortened } from './logs.ts';

function line(n: number): LogLine {
  return { node: 'web-1', service: 'web', log: 'error', time: n, text: `line ${n}` };
}

test('a full buffer keeps the newest lines and says how many went, also the second time', () => {
  const once = shortened([1, 2, 3, 4, 5].map(line), 2);
  expect(once.map(({ gap, text }) => gap ?? text)).toEqual([2, 'line 3', 'line 4', 'line 5']);
  const twice = shortened([...once, line(6)], 2);
  expect(twice.map(({ gap, text }) => gap ?? text)).toEqual([3, 'line 4', 'line 5', 'line 6']);
});

test('lines are counted, asked for by place, and the end of the source is told with its reason', async () => {
  const { promise, resolve } = Promise.withResolvers<LogNews>();
  using views = new LogViews((news) => {
    if (news.failure) resolve(news);
  });
  const view = views.open(async function* () {
    yield line(1);
    yield line(2);
    throw new ConpaasError('unreachable', 'The manager does not answer.');
  });
  const news = await promise;
  expect(news).toMatchObject({ view, count: 2, failure: { code: 'unreachable' } });
  expect(views.lines(view, 1, 10).map(({ text }) => text)).toEqual(['line 2']);
  views.close(view);
  expect(() => views.lines(view, 0, 1)).toThrow('no longer open');
});
