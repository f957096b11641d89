/** A stand-in for the agent that keeps one engine running below its home: `<home>/engine.json` tells the pids. */
import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createSupervisor } from '../core/supervisor/index.ts';

const home = process.argv[2] ?? '.';
const supervisor = createSupervisor({ directory: path.join(home, 'supervisor'), onChange: () => undefined });
const engine = await supervisor.start({
  name: 'engine',
  executable: '/bin/sleep',
  arguments: ['1000000'],
  directory: home,
  environment: {},
  ready: { kind: 'none' },
  stop: { signal: 'SIGTERM', timeoutMs: 2000 },
  log: { path: path.join(home, 'engine.log'), maxBytes: 1_000_000, keep: 1 },
  restart: { firstMs: 50, maxMs: 1000, limit: 5, windowMs: 10_000 },
});
await engine.ready(AbortSignal.timeout(10_000));
const pid = 'pid' in engine.state ? engine.state.pid : 0;
writeFileSync(path.join(home, 'engine.new'), JSON.stringify({ agent: process.pid, engine: pid }));
renameSync(path.join(home, 'engine.new'), path.join(home, 'engine.json'));
process.on('SIGTERM', () => process.exit(0));
