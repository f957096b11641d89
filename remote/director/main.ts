/** Composition root of the director: `director.mjs <home>`. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createAskedCloud, createCloud, furtherSettings } from '../core/clouds/index.ts';
import { programsOf } from '../core/clouds/machines/programs.ts';
import { agentMethods } from '../core/contract/agent.ts';
import { directorMethods } from '../core/contract/director.ts';
import { managerMethods } from '../core/contract/manager.ts';
import { DirectorBootstrap } from '../core/identity/index.ts';
import { runProcess } from '../core/process/index.ts';
import { ownRelease, productVersion } from '../core/release/index.ts';
import { openApiDocument, openApiPage } from '../core/rpc/index.ts';
import { serviceSpecs } from '../services/registry/spec.ts';
import { startDirector } from './director.ts';
import { ownPrograms } from './upgrade/index.ts';

await runProcess('director', async ({ home, signal, log }) => {
  const bootstrap = DirectorBootstrap.parse(JSON.parse(await readFile(path.join(home, 'bootstrap.json'), 'utf8')));
  const bundles = path.dirname(process.argv[1] ?? '');
  const document = () => openApiDocument({ directorMethods, managerMethods, agentMethods, serviceSpecs });
  return startDirector({
    home,
    bootstrap,
    specs: serviceSpecs,
    openCloud: createCloud,
    ownSettings: (name, kind) =>
      furtherSettings({ name, kind }, { ...bootstrap.cloud.settings, ...ownBundles(bundles) }),
    openAskedCloud: createAskedCloud,
    product: productVersion,
    ownPrograms: ownPrograms(bundles),
    programs: programsOf(bundles, process.execPath),
    documents: {
      '/openapi.json': () => ({ type: 'application/json', body: JSON.stringify(document()) }),
      '/': () => ({ type: 'text/html; charset=utf-8', body: openApiPage(document()) }),
    },
    signal,
    log,
  });
});

/** From a store of releases nothing goes away, so what is started there can be started again; else as we were told. */
function ownBundles(bundles: string): { bundles?: string } {
  return path.basename(bundles) === ownRelease ? { bundles } : {};
}
