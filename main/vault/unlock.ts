/** Opens the vault as its protection asks: window and command alike. */
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import type { FindKeychain } from './keychain.ts';
import { openVault, type Vault, vaultProtection } from './vault.ts';

/**
 * The passphrase comes from `CONPAAS_PASSPHRASE`; where that is set and there is no vault yet, the new one is protected
 * by it, else by a key file (enough for a deployment on this computer alone).
 * @param findKeychain for a vault that the keychain protects
 * @throws ConpaasError unauthenticated: it needs a passphrase and none, or a wrong one, is given; unreachable: it needs
 * the keychain, which cannot be reached
 */
export async function unlockVault(
  directory: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
  findKeychain?: FindKeychain,
): Promise<Vault> {
  const protection = await vaultProtection(directory);
  const passphrase = environment['CONPAAS_PASSPHRASE'];
  if (protection === 'keyfile' || (protection === undefined && !passphrase)) {
    return openVault(directory, { kind: 'keyfile' });
  }
  if (protection === 'keychain') {
    if (findKeychain) return openVault(directory, { kind: 'keychain', keychain: await findKeychain() });
    throw new ConpaasError('unreachable', 'The vault is protected by the keychain, which cannot be reached from here.');
  }
  if (passphrase) return openVault(directory, { kind: 'passphrase', passphrase });
  throw new ConpaasError(
    'unauthenticated',
    'The vault is protected by a passphrase. Give it in the environment variable CONPAAS_PASSPHRASE.',
  );
}
