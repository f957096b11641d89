import { expect, test } from 'vitest';
import { SealingKeys, sealSecrets } from './sealing.ts';

const secrets = { DB_PASSWORD: 'pässword', 'db-root': 'x'.repeat(70_000) };

test('what is sealed with an offered key is opened once, by the application it was offered for', () => {
  const keys = new SealingKeys();
  const key = keys.offer('app-1');
  const sealed = sealSecrets(secrets, key);
  expect(Buffer.from(sealed, 'base64').includes('word')).toBe(false);
  expect(sealSecrets(secrets, key)).not.toBe(sealed);
  expect(() => keys.open('app-2', key, sealed)).toThrow('no longer offered');
  expect(keys.open('app-1', key, sealed)).toEqual(secrets);
  expect(() => keys.open('app-1', key, sealed)).toThrow('no longer offered');
});

test('what was changed on the way, or sealed with another key, is refused', () => {
  const keys = new SealingKeys();
  const key = keys.offer('app-1');
  const bytes = Buffer.from(sealSecrets(secrets, key), 'base64');
  for (const place of [0, 20, 50, 60, bytes.length - 1]) {
    const changed = Buffer.from(bytes);
    changed[place] = (changed[place] ?? 0) ^ 1;
    expect(() => keys.open('app-1', key, changed.toString('base64')), `byte ${place}`).toThrow('not sealed with');
  }
  expect(() => keys.open('app-1', key, '')).toThrow('not sealed with');
  expect(() => keys.open('app-1', key, sealSecrets(secrets, keys.offer('app-1')))).toThrow('not sealed with');
  expect(() => sealSecrets(secrets, 'AAAA')).toThrow('not a key');
  expect(keys.open('app-1', key, bytes.toString('base64'))).toEqual(secrets);
});

test('an offered key is forgotten after ten minutes, and the oldest of too many', () => {
  let now = 0;
  const keys = new SealingKeys(() => now);
  const key = keys.offer('app-1');
  const sealed = sealSecrets(secrets, key);
  now = 600_001;
  expect(() => keys.open('app-1', key, sealed)).toThrow('no longer offered');
  const first = keys.offer('app-1');
  for (let count = 0; count < 100; count += 1) keys.offer('app-1');
  expect(() => keys.open('app-1', first, sealSecrets(secrets, first))).toThrow('no longer offered');
});
