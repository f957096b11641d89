/** For tests: an agent process whose only service type is the test's. `node test-agent.ts <home>` */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { AgentBootstrap } from '../core/identity/bootstrap.ts';
import { runProcess } from '../core/process/index.ts';
import { startAgent } from './agent.ts';
import { TestNode, testSpec } from './test-service.ts';

if (isMainThread)
  await runProcess('agent', async ({ home, signal, log }) =>
    startAgent({
      home,
      bootstrap: AgentBootstrap.parse(JSON.parse(await readFile(path.join(home, 'bootstrap.json'), 'utf8'))),
      specs: { test: testSpec },
      services: { test: (context) => new TestNode(context) },
      product: 'test',
      signal,
      log,
    }),
  );
