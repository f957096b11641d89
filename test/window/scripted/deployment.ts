/** What `main/deploy` would have recorded of a deployment that runs. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openVault } from '../../../main/vault/index.ts';
import { UserName } from '../../../remote/core/contract/ids.ts';
import type { createTrust } from '../../../remote/core/identity/fixtures.ts';

const day = 86_400_000;

/** Adds one to those of `directory`. */
export async function writeDeployment(
  directory: string,
  trust: Awaited<ReturnType<typeof createTrust>>,
  about: { readonly name: string; readonly host: string; readonly port: number },
): Promise<void> {
  await mkdir(directory, { recursive: true });
  using vault = await openVault(directory, { kind: 'keyfile' });
  await vault.set(`deployment/${trust.deployment}/root`, JSON.stringify(trust.root));
  const deployment = {
    id: trust.deployment,
    name: about.name,
    owner: UserName.parse('ann'),
    cloud: { kind: 'local' },
    state: 'running',
    createdAt: Date.now(),
    vm: 'vm-scripted',
    director: { host: about.host, port: about.port },
    intermediate: { notBefore: Date.now() - day, notAfter: Date.now() + 700 * day },
  };
  const file = path.join(directory, 'deployments.json');
  const { deployments } = JSON.parse(await readFile(file, 'utf8').catch(() => '{"deployments":[]}')) as {
    deployments: unknown[];
  };
  await writeFile(file, JSON.stringify({ version: 1, deployments: [...deployments, deployment] }), { mode: 0o600 });
}
