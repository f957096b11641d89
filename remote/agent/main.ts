/** Composition root of an agent: `agent.mjs <home>`. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { config } from 'zod';
import { AgentBootstrap } from '../core/identity/bootstrap.ts';
import { runProcess } from '../core/process/index.ts';
import { productVersion } from '../core/release/index.ts';
import { serviceAgents } from '../services/registry/agent.ts';
import { serviceSpecs } from '../services/registry/spec.ts';
import { startAgent } from './agent.ts';

// An agent reads little of each kind: to compile a reader for each costs more than it saves.
config({ jitless: true });

// The bundle is the worker of a search, too (core/log-search/searcher.ts).
if (isMainThread)
  await runProcess('agent', async ({ home, signal, log }) =>
    startAgent({
      home,
      bootstrap: AgentBootstrap.parse(JSON.parse(await readFile(path.join(home, 'bootstrap.json'), 'utf8'))),
      specs: serviceSpecs,
      services: serviceAgents,
      product: productVersion,
      signal,
      log,
    }),
  );
