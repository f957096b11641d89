import { expect, test } from 'vitest';
import { hasCandidate } from './policy.ts';

const policy = `php8.2-fpm:
  Installed: (none)
  Candidate: (none)
  Version table:
php-fpm:
  Installed: (none)
  Candidate: 2:8.3+93ubuntu2
  Version table:
     2:8.3+93ubuntu2 500
        500 http://127.0.0.1:4711/ubuntu noble/universe amd64 Packages
`;

test.each([
  ['php8.2-fpm', false], // known by name only
  ['php-fpm', true],
  ['php8.3-fpm', false], // not known at all
])('%s can be installed: %s', (name, can) => {
  expect(hasCandidate(policy, name)).toBe(can);
});
