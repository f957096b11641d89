import { expect, test } from 'vitest';
import { PhpConfiguration } from '../services/php/configuration.ts';
import { wrongConfiguration } from './wrong-configuration.ts';

test.each([
  [{ memory_limt: '64M' }, 'Key "memory_limt" is not known here; did you mean "memory_limit"?'],
  [{ memory_limit: 'lots' }, 'memory_limit: Write a number of bytes, as 128M'],
  [{ max_children: 'x' }, 'max_children: Invalid input: expected number, received string'],
])('%j is refused with what is meant', (given, text) => {
  const { error } = PhpConfiguration.partial().strict().safeParse(given);
  if (!error) throw new Error('it is refused');
  const refused = wrongConfiguration('web', error, Object.keys(PhpConfiguration.shape));
  expect(refused).toMatchObject({ code: 'invalid_request', message: `web cannot be configured so: ${text}` });
});
