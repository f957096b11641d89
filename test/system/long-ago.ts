/** Deployments that were set up some time ago, and the files of their control processes. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { openDeployments } from '../../main/deploy/index.ts';
import { openVault } from '../../main/vault/index.ts';
import type { Desk } from './desk.ts';
import { checkout, node } from './paths.ts';

export const day = 86_400_000;

/**
 * Sets a deployment up whose root and intermediate were made so many days ago.
 * @param once what was signed then is used today; otherwise the desktop's own certificate is of then, too
 */
export async function upLongAgo(desk: Desk, days: number, { once = false } = {}): Promise<void> {
  let ago = days * day;
  await using deployments = openDeployments({
    dataDirectory: desk.home,
    vault: await openVault(desk.home, { kind: 'keyfile' }),
    bundles: path.join(checkout, 'dist/remote'),
    runtime: node,
    now: () => Date.now() - ago,
  });
  await deployments.up({
    owner: 'ann',
    signal: AbortSignal.timeout(60_000),
    onOperation: ({ steps }) => {
      if (once && steps.some(({ name, state }) => name === 'contact' && state === 'done')) ago = 0;
    },
  });
}

/** Homes of the control processes of a kind, e.g. `manager-1`. */
export function homes(desk: Desk, name: string): string[] {
  const [deployment = ''] = readdirSync(path.join(desk.home, 'deployments'));
  const vms = path.join(desk.home, 'deployments', deployment, 'cloud/vms');
  return readdirSync(vms)
    .map((vm) => path.join(vms, vm, name))
    .filter((home) => readdirSync(path.dirname(home)).includes(name));
}
