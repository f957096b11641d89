/**
 * The vault in the hub: opened when first needed, closed when it is locked. Everything that holds keys hangs on it (the
 * connections to directors too) and goes with it.
 */
import path from 'node:path';
import { z } from 'zod';
import { ConpaasError, toFailure } from '../../../remote/core/contract/errors.ts';
import { productVersion } from '../../../remote/core/release/index.ts';
import { type Deployments, locateRuntime, openDeployments } from '../../deploy/index.ts';
import { readJson, writeJson } from '../../store/index.ts';
import {
  type FindKeychain,
  openVault,
  type Protection,
  type Unlock,
  unlockVault,
  type Vault,
  vaultProtection,
} from '../../vault/index.ts';
import type { VaultStatus } from '../calls/vault.ts';

export interface Opened {
  readonly vault: Vault;
  readonly deployments: Deployments;
}

export interface VaultKeeper {
  readonly dataDirectory: string;
  readonly isLocked: boolean;
  /** @throws ConpaasError unauthenticated: it is locked, or needs a passphrase */
  open(): Promise<Opened>;
  /** The vault for whoever closes it when done: this one stays open. @throws ConpaasError as `open` */
  borrow(): Promise<Vault>;
  /** Closes it and all that holds keys. @throws ConpaasError conflict: there is no passphrase to unlock it by */
  lock(): Promise<void>;
  /** @throws ConpaasError unauthenticated: not the passphrase */
  unlock(passphrase: string): Promise<void>;
  /** @param current the passphrase, where one protects it now @throws ConpaasError as `Vault.protect`; unauthenticated */
  protect(
    how: { kind: 'keychain' | 'keyfile' } | { kind: 'passphrase'; passphrase: string },
    current?: string,
  ): Promise<void>;
  status(): Promise<VaultStatus>;
  setLockAfter(minutes: number): Promise<void>;
}

export interface VaultKeeperOptions {
  readonly dataDirectory: string;
  readonly findKeychain: FindKeychain;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Told how long the user may be away before it is locked, ms; undefined: it is not. */
  onLockPolicy(afterMs: number | undefined): void;
  /** Told when it was locked: what else holds keys drops them. */
  onLocked(): void;
}

const Settings = z.object({ lockAfterMinutes: z.number().int().min(0) });
const usualLockMinutes = 15;

export async function openVaultKeeper(options: VaultKeeperOptions): Promise<VaultKeeper> {
  const { dataDirectory, findKeychain, environment } = options;
  const settingsFile = path.join(dataDirectory, 'vault-settings.json');
  let opened: Promise<Opened> | undefined;
  let protection = await vaultProtection(dataDirectory);
  let locked = protection === 'passphrase' && !environment['CONPAAS_PASSPHRASE'];

  const lockAfterMinutes = async (): Promise<number> =>
    (await readJson(settingsFile, Settings))?.lockAfterMinutes ?? usualLockMinutes;

  async function tellPolicy(): Promise<void> {
    const minutes = await lockAfterMinutes();
    const lockable = protection === 'passphrase' && !locked && minutes > 0;
    options.onLockPolicy(lockable ? minutes * 60_000 : undefined);
  }

  async function use(vault: Vault): Promise<Opened> {
    protection = vault.protection;
    const deployments = openDeployments({
      dataDirectory,
      vault,
      ...locateRuntime(),
      client: `window ${productVersion}`,
    });
    await tellPolicy();
    return { vault, deployments };
  }

  const keeper: VaultKeeper = {
    dataDirectory,
    get isLocked() {
      return locked;
    },
    open() {
      if (locked) {
        return Promise.reject(
          new ConpaasError('unauthenticated', 'The vault is locked. Unlock it with its passphrase.'),
        );
      }
      opened ??= unlockVault(dataDirectory, environment, findKeychain)
        .then(use)
        .catch((thrown: unknown) => {
          // The next attempt may fare better: a build or a permission that was wrong can be mended meanwhile.
          opened = undefined;
          throw thrown;
        });
      return opened;
    },
    async borrow() {
      const { vault } = await keeper.open();
      return Object.create(vault, { [Symbol.dispose]: { value: () => undefined } }) as Vault;
    },
    async lock() {
      if (locked) return;
      if (protection !== 'passphrase') {
        throw new ConpaasError('conflict', 'Only a passphrase locks the vault: nothing else could open it again.');
      }
      locked = true;
      const open = await opened?.catch(() => undefined);
      opened = undefined;
      options.onLocked();
      await open?.deployments[Symbol.asyncDispose]();
      open?.vault[Symbol.dispose]();
      await tellPolicy();
    },
    async unlock(passphrase) {
      if (!locked) return;
      const vault = await openVault(dataDirectory, { kind: 'passphrase', passphrase });
      locked = false;
      opened = use(vault);
      await opened;
    },
    async protect(how, current) {
      const { vault } = await keeper.open();
      if (vault.protection === 'passphrase') {
        // Whoever finds the window open must not be able to lock its owner out.
        if (current === undefined) throw new ConpaasError('unauthenticated', 'This needs the present passphrase.');
        (await openVault(dataDirectory, { kind: 'passphrase', passphrase: current }))[Symbol.dispose]();
      }
      const unlock: Unlock =
        how.kind === 'passphrase'
          ? how
          : how.kind === 'keychain'
            ? { kind: 'keychain', keychain: await findKeychain() }
            : { kind: 'keyfile' };
      await vault.protect(unlock);
      protection = vault.protection;
      await tellPolicy();
    },
    async status() {
      const keychain = await findKeychain().then(
        ({ backend }) => ({ backend }),
        (thrown: unknown) => ({ reason: toFailure(thrown).message }),
      );
      const now: Protection | undefined = await vaultProtection(dataDirectory);
      return { protection: now, locked, keychain, lockAfterMinutes: await lockAfterMinutes() };
    },
    async setLockAfter(minutes) {
      await writeJson(settingsFile, Settings, { lockAfterMinutes: minutes });
      await tellPolicy();
    },
  };
  return keeper;
}
