import { readFile } from 'node:fs/promises';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import { writeFileAtomic } from '../../../remote/core/files/index.ts';
import { exportEverything, importEverything, inspectExport } from '../../transfer/index.ts';
import type { vaultCalls } from '../calls/vault.ts';
import type { Directors } from '../directors.ts';
import type { Offers } from '../offers.ts';
import type { SubjectHandlers } from '../window-port.ts';
import type { VaultKeeper } from './keeper.ts';

/** An export holds keys, not archives. */
const largest = 20_000_000;

export function vaultHandlers(
  keeper: VaultKeeper,
  directors: Directors,
  offers: Offers,
): SubjectHandlers<typeof vaultCalls> {
  const { dataDirectory } = keeper;
  return {
    vault_status: async () => keeper.status(),
    unlock_vault: async ({ passphrase }) => {
      await keeper.unlock(passphrase);
      await directors.refresh();
      return null;
    },
    lock_vault: async () => {
      await keeper.lock();
      await directors.refresh();
      return null;
    },
    protect_vault: async ({ how, current }) => {
      await keeper.protect(how, current);
      // The foot of the sidebar says which protection is in force.
      await directors.reconnect();
      return keeper.status();
    },
    set_lock_after: async ({ minutes }) => {
      await keeper.setLockAfter(minutes);
      return null;
    },
    export_everything: async ({ passphrase, target }) => {
      const file = offers.target(target);
      const { vault } = await keeper.open();
      await writeFileAtomic(file, await exportEverything({ vault, dataDirectory }, passphrase));
      return null;
    },
    inspect_export: async ({ ticket, passphrase }) =>
      inspectExport({ dataDirectory }, await readSealed(offers.path(ticket)), passphrase),
    import_everything: async ({ ticket, passphrase, mode }) => {
      const { vault } = await keeper.open();
      const text = await readSealed(offers.path(ticket));
      const summary = await importEverything({ vault, dataDirectory }, text, passphrase, mode);
      await directors.refresh();
      return summary;
    },
  };
}

/** Text of an encrypted file that the user handed in. @throws ConpaasError too_large, not_found */
export async function readSealed(file: string): Promise<string> {
  const content = await readFile(file).catch(() => {
    throw new ConpaasError('not_found', 'The file cannot be read. Choose it again.');
  });
  if (content.length > largest) throw new ConpaasError('too_large', 'The file is too large to be one of ours.');
  return content.toString('utf8');
}
