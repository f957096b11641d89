/**
 * Everything of this desktop as one encrypted file: roots, certificates, credentials, and the list of deployments. What
 * runs on machines is not in it, the machines of a deployment on this computer neither: their data stays where it is.
 */
import { z } from 'zod';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import { Deployment, openDeploymentStore } from '../deploy/index.ts';
import { cloudPrefix, type Vault } from '../vault/index.ts';
import { openSealedFile, type SealedFormat, sealFile } from './sealed-file.ts';

const Everything = z.object({
  secrets: z.record(z.string(), z.string()),
  deployments: z.array(Deployment),
});
type Everything = z.infer<typeof Everything>;

const format: SealedFormat<Everything> = {
  format: 'conpaas-desktop-export',
  version: 1,
  schema: Everything,
  title: 'an export of ConPaaS Desktop',
};

export interface Desktop {
  readonly vault: Vault;
  readonly dataDirectory: string;
}

/** What is in an export, shown before anything is replaced. Names only. */
export interface ExportSummary {
  readonly createdAt: number;
  readonly deployments: readonly {
    readonly id: string;
    readonly name: string;
    readonly cloud: string;
    /** here: this desktop has it too. away: its machines are on the computer that it was exported from. */
    readonly place: 'new' | 'here' | 'away';
  }[];
  /** Names of credentials of clouds. */
  readonly credentials: readonly string[];
  readonly secrets: number;
  /** Deployments of this desktop that are not in the file: they would be lost by a replacement. */
  readonly missing: readonly string[];
}

/** @returns the text of the file */
export async function exportEverything({ vault, dataDirectory }: Desktop, passphrase: string): Promise<string> {
  const deployments = await openDeploymentStore(dataDirectory).list();
  return sealFile(format, { secrets: { ...(await vault.all()) }, deployments: [...deployments] }, passphrase);
}

const Named = z.object({ name: z.string() });

function credentialName(id: string, text: string): string {
  try {
    return Named.parse(JSON.parse(text)).name;
  } catch {
    return id; // written by another version: its id says which it is
  }
}

/** @throws ConpaasError as `openSealedFile` */
export async function inspectExport(
  { dataDirectory }: Pick<Desktop, 'dataDirectory'>,
  text: string,
  passphrase: string,
): Promise<ExportSummary> {
  const { content, createdAt } = await openSealedFile(format, text, passphrase);
  const here = await openDeploymentStore(dataDirectory).list();
  const secrets = Object.entries(content.secrets);
  return {
    createdAt,
    deployments: content.deployments.map((one) => ({
      id: one.id,
      name: one.name,
      cloud: one.cloud.kind,
      place: placeOf(one, here),
    })),
    credentials: secrets
      .filter(([name]) => name.startsWith(cloudPrefix))
      .map(([name, value]) => credentialName(name.slice(cloudPrefix.length), value)),
    secrets: secrets.length,
    missing: here.filter(({ id }) => !content.deployments.some((one) => one.id === id)).map(({ name }) => name),
  };
}

/**
 * Takes an export over. merge: what is here stays, what is new comes. replace: what the file says counts, and what is
 * not in it goes.
 * @throws ConpaasError conflict: a replacement would lose the root of a deployment that is here; or there are
 * credentials in it and only a key file protects the vault; and as `openSealedFile`
 */
export async function importEverything(
  { vault, dataDirectory }: Desktop,
  text: string,
  passphrase: string,
  mode: 'merge' | 'replace',
): Promise<ExportSummary> {
  const summary = await inspectExport({ dataDirectory }, text, passphrase);
  const { content } = await openSealedFile(format, text, passphrase);
  if (mode === 'replace' && summary.missing.length > 0) {
    throw new ConpaasError(
      'conflict',
      `${summary.missing.join(', ')} would be out of reach for ever: the file does not know it. Destroy it first, or merge.`,
    );
  }
  const present = mode === 'merge' ? await vault.all() : {};
  const fresh = Object.entries(content.secrets).filter(([name]) => !Object.hasOwn(present, name));
  await vault.setAll(Object.fromEntries(fresh), mode === 'replace');
  const store = openDeploymentStore(dataDirectory);
  const known = await store.list();
  for (const deployment of content.deployments) {
    const place = placeOf(deployment, known);
    // One that is here is as it is now, not as it was then; machines of another computer cannot come along.
    if (place === 'new') await store.put(deployment);
  }
  return summary;
}

function placeOf(deployment: Deployment, here: readonly Deployment[]): 'new' | 'here' | 'away' {
  if (here.some(({ id }) => id === deployment.id)) return 'here';
  return deployment.cloud.kind === 'local' && deployment.access !== 'device' ? 'away' : 'new';
}
