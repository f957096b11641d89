/** Looks for the configuration files of other tools, where these look for them. */
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { awsProposals } from './aws-files.ts';
import type { Proposal } from './proposal.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A file with credentials is small. */
const largest = 1_000_000;

async function textOf(file: string): Promise<string | undefined> {
  try {
    const content = await readFile(file);
    return content.length > largest ? undefined : content.toString('utf8');
  } catch {
    return undefined; // not there, or not ours to read: nothing is proposed of it
  }
}

/** Profiles of `~/.aws`, or of where `AWS_CONFIG_FILE` and `AWS_SHARED_CREDENTIALS_FILE` say. */
export async function findAws(
  environment: Environment = process.env,
  home = os.homedir(),
): Promise<readonly Proposal[]> {
  const [config, credentials] = await Promise.all([
    textOf(environment['AWS_CONFIG_FILE'] || path.join(home, '.aws/config')),
    textOf(environment['AWS_SHARED_CREDENTIALS_FILE'] || path.join(home, '.aws/credentials')),
  ]);
  return awsProposals({ config, credentials });
}

/** Clouds of the first `clouds.yaml` of the usual places, with the `secure.yaml` beside it. */
export async function findOpenStack(
  environment: Environment = process.env,
  home = os.homedir(),
): Promise<readonly Proposal[]> {
  const named = environment['OS_CLIENT_CONFIG_FILE'];
  const places = [
    ...(named ? [named] : []),
    path.join(home, '.config/openstack/clouds.yaml'),
    '/etc/openstack/clouds.yaml',
  ];
  for (const file of places) {
    const clouds = await textOf(file);
    if (clouds === undefined) continue;
    const secure = await textOf(path.join(path.dirname(file), 'secure.yaml'));
    // With a reader of YAML: only for those who have such a file.
    const { openstackProposals } = await import('./openstack-files.ts');
    return openstackProposals({ clouds, secure }).map((one) => ({ ...one, from: file }));
  }
  return [];
}
