import { expect, test } from 'vitest';
import { PhpSettings } from '../configuration.ts';
import { pageLimit } from './fpm-configuration.ts';

test.each([
  [60, 1, 150],
  [60, 4, 600],
  [0, 1, undefined],
  [0, 4, undefined],
])(
  'a page that may compute for %i s, on a machine that is %i times as slow, is ended after %s s',
  (seconds, patience, limit) => {
    expect(pageLimit(PhpSettings.parse({ max_execution_time: seconds }), patience)).toBe(limit);
  },
);
