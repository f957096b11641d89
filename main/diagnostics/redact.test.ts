import { expect, test } from 'vitest';
import { redact } from './redact.ts';

const own = { user: 'annette', host: 'workhorse', home: '/home/annette', others: ['My shop', 'guestbook'] };
const key = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC';

test.each([
  ['password=hunter2 next', 'password=[secret] next'],
  ['"DB_PASSWORD": "hunter2",', '"DB_PASSWORD": [secret],'],
  ['AWS_SECRET_ACCESS_KEY: abc/def', 'AWS_SECRET_ACCESS_KEY: [secret]'],
  ['Authorization: Bearer abc.def-ghi', 'Authorization: [secret]'],
  [`-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\nafter`, '[PEM]\nafter'],
  [`cut off -----BEGIN PRIVATE KEY-----\n${key}`, 'cut off [PEM]'],
  ['git clone https://me:pw@git.example.org/x', 'git clone https://[credentials]@[host]/x'],
  ['connect to https://db.example.org:5432 failed', 'connect to https://[host]:5432 failed'],
  ['mail of ann@example.org', 'mail of [mail]'],
  ['10.1.2.3 refused, 127.41.0.2 answered', '[address] refused, 127.41.0.2 answered'],
  ['open /home/annette/.conpaas/log', 'open [home]/.conpaas/log'],
  ['annette@workhorse said', '[user]@[host] said'],
  ['deploy My shop, then guestbook, but not guestbooks', 'deploy [name], then [name], but not guestbooks'],
  ['key id AKIAIOSFODNN7EXAMPLE used', 'key id [secret] used'],
  ['blob 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', 'blob [long value]'],
  ['started in 312 ms, 5 nodes', 'started in 312 ms, 5 nodes'],
  ['fe80::1ff:fe23:4567:890a is up', '[address] is up'],
])('%j', (text, safe) => {
  expect(redact(text, own)).toBe(safe);
});

test('nothing of a secret is left in a whole log', () => {
  const secrets = ['hunter2', 'git.example.org', key, 'annette', 'workhorse'];
  const log = [
    '12:00:01 start token=hunter2 user annette on workhorse',
    `12:00:02 "privateKey":"${key}"`,
    '12:00:03 fetch https://annette:hunter2@git.example.org/shop.git',
  ].join('\n');
  const safe = redact(log, own);
  for (const secret of secrets) expect(safe).not.toContain(secret);
  expect(safe).toContain('12:00:03 fetch https://[credentials]@[host]/');
});
