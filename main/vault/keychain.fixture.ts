/** A keychain for tests that stays in this process: real encryption, a key of its own. */
import { randomBytes } from 'node:crypto';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import type { Keychain } from './keychain.ts';
import { Sealed, seal, unseal } from './sealing.ts';

export function testKeychain(): Keychain {
  const key = randomBytes(32);
  return {
    backend: 'test',
    wrap: async (text) => JSON.stringify(seal(key, 'keychain', Buffer.from(text))),
    unwrap: async (wrapped) => {
      const opened = unseal(key, 'keychain', Sealed.parse(JSON.parse(wrapped)));
      if (!opened) throw new ConpaasError('unauthenticated', 'The keychain does not know this.');
      return opened.toString('utf8');
    },
  };
}
