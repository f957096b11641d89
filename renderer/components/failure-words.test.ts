import { expect, test } from 'vitest';
import { failureWords } from './failure-words.ts';

test.each([
  [
    'The disk is full. Free some space and try again.',
    { happened: 'The disk is full.', todo: 'Free some space and try again.' },
  ],
  [
    'Port 127.41.0.2:80 is taken by nginx (pid 12). Stop it. Then try again.',
    { happened: 'Port 127.41.0.2:80 is taken by nginx (pid 12).', todo: 'Stop it. Then try again.' },
  ],
])('%s', (message, words) => {
  expect(failureWords({ code: 'disk_full', message })).toEqual(words);
});

test('what to do is said also where a message does not', () => {
  expect(failureWords({ code: 'unreachable', message: 'The director does not answer.' }).todo).toBe(
    'Try again in a moment.',
  );
  for (const code of ['engine_failed', 'internal', 'cloud_failed', 'deadline_exceeded'] as const) {
    expect(failureWords({ code, message: 'It exits at start.' }).todo).toMatch(/\.$/);
    // Details are spoken of where there are any.
    expect(failureWords({ code, message: 'It exits at start.' }).todo).not.toContain('etails');
    expect(failureWords({ code, message: 'It exits at start.', log: ['no port'] }).todo).toContain('details');
  }
});
