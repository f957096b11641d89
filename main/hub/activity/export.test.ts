import { expect, test } from 'vitest';
import { headText, rowText } from './export.ts';

const entry = {
  seq: 1,
  time: Date.UTC(2026, 0, 31, 12),
  who: 'ann',
  method: 'stop',
  target: { application: 'Shop, "the" one' },
  outcome: 'done',
  from: '127.0.0.1',
  hash: 'ff',
};

test('JSON lines are the entries as they are', () => {
  expect(headText('audit', 'jsonl')).toBe('');
  expect(JSON.parse(rowText('audit', 'jsonl', entry))).toEqual(entry);
});

test('CSV quotes, and has a column for each field', () => {
  expect(headText('audit', 'csv')).toMatch(/^seq,time,who,.*,hash\r\n$/);
  expect(rowText('audit', 'csv', entry)).toBe(
    '1,2026-01-31T12:00:00.000Z,ann,stop,,"{""application"":""Shop, \\""the\\"" one""}",done,,,127.0.0.1,,ff\r\n',
  );
});

test.each(['=cmd()', '+1', '-1', '@x'])('%s is no formula in a spreadsheet', (text) => {
  const row = rowText('events', 'csv', { seq: 1, time: 0, kind: 'alert', level: 'alert', text });
  expect(row).toContain(`,'${text}\r\n`);
});
