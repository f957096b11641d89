/** What tests of deployments share: a data directory with a vault, and real host and director bundles. */
import { readlinkSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type Deployments, openDeployments } from '../../main/deploy/index.ts';
import { openVault } from '../../main/vault/index.ts';
import { listProcesses } from '../../remote/core/supervisor/index.ts';
import { bundle, makeBundles, runtime } from '../../remote/host/stand-in.ts';

export interface Desk extends AsyncDisposable {
  readonly directory: string;
  readonly bundles: string;
  /** As one more window or command would. */
  open(now?: () => number): Promise<Deployments>;
}

/** Real host and director; managers and agents are stand-ins that do nothing. */
export async function makeDeploymentBundles(): Promise<{ directory: string } & AsyncDisposable> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'conpaas-bundles-'));
  await makeBundles(directory);
  await bundle('remote/director/main.ts', path.join(directory, 'director.mjs'));
  return { directory, [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) };
}

/** A desktop of its own. Disposing it destroys its deployments. */
export async function openDesk(bundles: string): Promise<Desk> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'conpaas-desk-'));
  const open = async (now?: () => number): Promise<Deployments> =>
    openDeployments({
      dataDirectory: directory,
      vault: await openVault(directory, { kind: 'keyfile' }),
      bundles,
      runtime,
      now,
    });
  return {
    directory,
    bundles,
    open,
    async [Symbol.asyncDispose]() {
      await using deployments = await open();
      for (const { id } of await deployments.list()) {
        await deployments.destroy({ deployment: id, signal: AbortSignal.timeout(60_000) });
      }
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Living processes that work below a directory: host and control processes. */
export function processesBelow(directory: string): number[] {
  return listProcesses()
    .map(({ pid }) => pid)
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`).startsWith(directory);
      } catch {
        return false; // ended meanwhile
      }
    });
}
