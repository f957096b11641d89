/** Composition root of a manager: `manager.mjs <home>`. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ManagerBootstrap } from '../core/identity/index.ts';
import { runProcess } from '../core/process/index.ts';
import { productVersion } from '../core/release/index.ts';
import { serviceManagers } from '../services/registry/manager.ts';
import { serviceSpecs } from '../services/registry/spec.ts';
import { startManager } from './manager.ts';

await runProcess('manager', async ({ home, signal, log }) =>
  startManager({
    home,
    bootstrap: ManagerBootstrap.parse(JSON.parse(await readFile(path.join(home, 'bootstrap.json'), 'utf8'))),
    specs: serviceSpecs,
    types: serviceManagers,
    product: productVersion,
    signal,
    log,
  }),
);
