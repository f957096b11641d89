/** The keychain of the system, through Electron. What keeps secrets in plain text is not taken for one. */
import { safeStorage } from 'electron';
import { ConpaasError, toFailure } from '../../remote/core/contract/errors.ts';
import type { KeychainQuestion, ToHub } from '../hub/messages.ts';
import type { Keychain } from '../vault/index.ts';

/** Backends of Linux that encrypt with a key that everybody knows, or not at all. */
const plain: ReadonlySet<string> = new Set(['basic_text', 'unknown']);

/** @throws ConpaasError unreachable: there is none, or one that keeps secrets in plain text */
export async function findSystemKeychain(): Promise<Keychain> {
  const backend = process.platform === 'linux' ? safeStorage.getSelectedStorageBackend() : process.platform;
  if (!safeStorage.isEncryptionAvailable() || plain.has(backend)) {
    throw new ConpaasError(
      'unreachable',
      'This desktop session has no keychain that encrypts (GNOME Keyring or KWallet). Use a passphrase.',
    );
  }
  return {
    backend,
    wrap: async (text) => safeStorage.encryptString(text).toString('base64'),
    unwrap: async (wrapped) => {
      try {
        return safeStorage.decryptString(Buffer.from(wrapped, 'base64'));
      } catch {
        throw new ConpaasError(
          'unauthenticated',
          'The keychain of this session does not have the key of the vault. It was made by another user, or the keychain was reset. Import an export of it.',
        );
      }
    },
  };
}

/** What the keychain says to a question of the hub. */
export async function answerKeychain({
  ask,
  text,
}: KeychainQuestion): Promise<Extract<ToHub, { kind: 'keychain' }>['answer']> {
  try {
    const keychain = await findSystemKeychain();
    const { backend } = keychain;
    switch (ask) {
      case 'backend':
        return { backend, text: '' };
      case 'wrap':
        return { backend, text: await keychain.wrap(text) };
      case 'unwrap':
        return { backend, text: await keychain.unwrap(text) };
    }
  } catch (error) {
    return { failure: toFailure(error) };
  }
}
