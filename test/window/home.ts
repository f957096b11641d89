/** A data directory of its own for a window, which takes its deployments with it at the end. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from '@playwright/test';
import { type DirectorClient, locateRuntime, openDeployments } from '../../main/deploy/index.ts';
import { unlockVault } from '../../main/vault/index.ts';
import { ofThisRun, started } from './ending.ts';

/** Where a test leaves its vault under a passphrase, it is this one. */
export const testPassphrase = 'correct horse battery';

export interface Home extends AsyncDisposable {
  readonly directory: string;
}

/** Disposing it destroys what deployments are there, whatever the test has left, and removes the directory. */
export async function openHome(): Promise<Home> {
  // Named after the file of tests, so that what is left behind tells who left it.
  const file = path.basename(test.info().file, '.spec.ts');
  const directory = await mkdtemp(path.join(os.tmpdir(), `${ofThisRun()}${file}-`));
  return { directory, [Symbol.asyncDispose]: started(() => clear(directory)) };
}

/**
 * Sets a director up on this computer, before a window is opened: as the command would have.
 * @param more what else is there when the window opens
 */
export async function upWithoutWindow(
  { directory }: Home,
  more?: (director: DirectorClient, signal: AbortSignal) => Promise<unknown>,
): Promise<void> {
  using vault = await unlockVault(directory, {});
  await using deployments = openDeployments({ dataDirectory: directory, vault, ...locateRuntime() });
  const signal = AbortSignal.timeout(120_000);
  const { id } = await deployments.up({ owner: 'ann', signal });
  await more?.(await deployments.directorClient(id, signal), signal);
}

async function clear(directory: string): Promise<void> {
  {
    // A test may have protected it by this.
    using vault = await unlockVault(directory, { CONPAAS_PASSPHRASE: testPassphrase });
    await using deployments = openDeployments({ dataDirectory: directory, vault, ...locateRuntime() });
    for (const { id } of await deployments.list()) {
      await deployments.destroy({ deployment: id, signal: AbortSignal.timeout(60_000) });
    }
  }
  await rm(directory, { recursive: true, force: true, maxRetries: 5 });
}
