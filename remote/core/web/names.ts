/** Names of websites: what one looks like, and which of them never lead to somebody else. */
import { z } from 'zod';

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const lastLabel = '[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?';

/** A full name in ASCII (RFC 1035, 1123), in any case. Never a wildcard, never an address. */
export const DomainName = z
  .string()
  .max(253, 'A domain name has at most 253 characters')
  .refine((name) => !name.startsWith('*.'), {
    message: 'A name without * is expected: each name gets a certificate of its own',
    abort: true,
  })
  .regex(
    new RegExp(`^(?:${label}\\.)+${lastLabel}$`, 'i'),
    'A domain name is expected, e.g. shop.example.org (other scripts as xn--…)',
  );

/**
 * Ends of names that nobody can own on the internet: RFC 2606 and 6761 (test, example, localhost, invalid), 6762
 * (local), 8375 (home.arpa), and `internal`, which ICANN has set aside.
 */
export const privateSuffixes = [
  'test',
  'example',
  'localhost',
  'invalid',
  'local',
  'internal',
  'home.arpa',
  'example.com',
  'example.net',
  'example.org',
] as const;

/** Whether a name can mean nothing on the internet: our own authority issues for these alone. */
export function isPrivateName(name: string): boolean {
  const lower = name.toLowerCase();
  return privateSuffixes.some((suffix) => lower === suffix || lower.endsWith(`.${suffix}`));
}
