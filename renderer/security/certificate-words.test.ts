import { describe, expect, test } from 'vitest';
import type { CertificateInfo } from '../../remote/core/contract/security.ts';
import {
  effectOfRevoking,
  fromNowText,
  holderText,
  isRenewable,
  isRevocable,
  timelinePlace,
  verdict,
} from './certificate-words.ts';

const day = 86_400_000;
const now = 1_000 * day;
const one = (more: Partial<CertificateInfo>): CertificateInfo => ({
  serial: 'aa',
  kind: 'agent',
  identity: 'spiffe://d/app/app-1/agent/vm-1',
  application: 'app-1',
  applicationName: 'guestbook',
  vm: 'vm-1',
  notBefore: now - day,
  notAfter: now + 20 * day,
  state: 'valid',
  ...more,
});

test.each<[Partial<CertificateInfo>, string]>([
  [{}, 'Agent of guestbook on vm-1'],
  [{ kind: 'manager' }, 'Manager of guestbook'],
  [{ kind: 'user', user: 'ann', device: 'laptop' }, 'ann, laptop'],
  [{ kind: 'user', user: 'ann' }, 'ann, this desktop'],
  [{ kind: 'user', user: 'ann', serial: 'bb' }, 'ann, a desktop with the root'],
])('%o is of %s', (more, text) => {
  expect(holderText(one(more), 'aa')).toBe(text);
});

describe('the timeline', () => {
  test.each([
    [-5, 0],
    [0, 0],
    [7, 0.2],
    [30, 0.4],
    [180, 0.6],
    [730, 0.8],
    [3653, 1],
    [9999, 1],
  ])('%i days from today', (days, place) => {
    expect(timelinePlace(now + days * day, now)).toBeCloseTo(place, 5);
  });

  test.each([
    [0, 'today'],
    [1, 'in 1 day'],
    [12, 'in 12 days'],
    [-3, '3 days ago'],
    [3653, 'in 10 years'],
  ])('%i days are %s', (days, text) => {
    expect(fromNowText(now + days * day, now)).toBe(text);
  });
});

test('the verdict names what ends soon, and only of what is in use', () => {
  expect(verdict([one({})], now)).toMatchObject({ level: 'success' });
  expect(verdict([one({ notAfter: now + day, state: 'replaced' }), one({})], now)).toMatchObject({ level: 'success' });
  expect(verdict([one({ notAfter: now + day })], now)).toMatchObject({
    level: 'warning',
    text: expect.stringContaining('Agent of guestbook'),
  });
});

test.each<[Partial<CertificateInfo>, boolean, boolean]>([
  [{}, true, true],
  [{ state: 'replaced' }, true, false],
  [{ state: 'revoked' }, false, false],
  [{ kind: 'root' }, false, false],
  [{ kind: 'intermediate' }, false, true],
  [{ kind: 'director' }, false, true],
  [{ kind: 'user' }, true, false],
])('%o can be revoked: %s, renewed: %s', (more, revocable, renewable) => {
  expect(isRevocable(one(more))).toBe(revocable);
  expect(isRenewable(one(more), true)).toBe(renewable);
});

test('without the root nobody renews an intermediate; revoking says what stops', () => {
  expect(isRenewable(one({ kind: 'intermediate' }), false)).toBe(false);
  expect(effectOfRevoking(one({}))).toContain('nodes go on running');
  expect(effectOfRevoking(one({ kind: 'user', device: 'laptop' }))).toContain('laptop is shut out');
});
