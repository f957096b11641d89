/**
 * What makes bundles a release: the version and the build that each has inside, and `release.json` beside them with their
 * digests. Bundles of one build belong together on machines, and are upgraded together.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { remoteBundles, root } from './bundle.mjs';

const bundleNames = ['host.mjs', 'director.mjs', 'manager.mjs', 'agent.mjs'];

/**
 * What esbuild puts in place of the names in `remote/core/release/own.ts` and `remote/core/contract/method.ts`.
 * @param contract version of the contract, where it is to be another than the sources say: for tests
 */
export function releaseDefines({ version, build, contract }) {
  return {
    CONPAAS_VERSION: JSON.stringify(version),
    CONPAAS_BUILD: JSON.stringify(build),
    ...(contract !== undefined && { CONPAAS_CONTRACT: String(contract) }),
  };
}

/** The contract's version, as the sources say it. */
export function contractVersionOf(root) {
  const source = readFileSync(join(root, 'remote/core/contract/method.ts'), 'utf8');
  const found = /^const ownContract = ([0-9]+);$/m.exec(source)?.[1];
  if (found === undefined)
    throw new Error('remote/core/contract/method.ts does not say which version the contract has.');
  return Number(found);
}

/**
 * Builds what runs on machines as a release of its own, into any directory: what tests of upgrades do.
 * @param contract version of the contract that it speaks; that of the sources where absent
 */
export async function buildRelease(directory, { version, build, contract }) {
  const esbuild = await import('esbuild');
  const define = releaseDefines({ version, build, contract });
  await Promise.all(remoteBundles(directory).map(({ options }) => esbuild.build({ ...options, define })));
  writeRelease(directory, { version, build, contract: contract ?? contractVersionOf(root) });
}

/** Writes `release.json` beside the bundles of a directory. Returns its path. */
export function writeRelease(directory, { version, build, contract }) {
  const digest = (name) =>
    createHash('sha256')
      .update(readFileSync(join(directory, name)))
      .digest('hex');
  const files = Object.fromEntries(bundleNames.map((name) => [name, digest(name)]));
  const file = join(directory, 'release.json');
  writeFileSync(file, `${JSON.stringify({ version, build, contract, files }, null, 2)}\n`);
  return file;
}
