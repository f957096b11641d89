import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Bench, backendConfiguration, createBench, password, server, until } from './test-support.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await createBench();
});
afterEach(async () => {
  await bench[Symbol.asyncDispose]();
});

async function packed() {
  const address = bench.address(0);
  const session = bench.node('php-session-1', 'session', address);
  await session.apply({ kind: 'session', password, paused: false, environment: {} });
  const backend = bench.node('php-backend-1', 'backend', address);
  const proxy = bench.node('php-proxy-1', 'proxy', address);
  return { address, session, backend, proxy };
}

test('without code the welcome page answers through the proxy', async () => {
  const { address, session, backend, proxy } = await packed();
  const start = performance.now();
  await backend.apply(backendConfiguration(session));
  const ready = performance.now();
  await proxy.apply({ kind: 'proxy', backends: [server(backend)], webs: [], listings: [], environment: {} });
  console.log(`backend ${(ready - start).toFixed()} ms, proxy ${(performance.now() - ready).toFixed()} ms`);
  const answer = await fetch(`http://${address}:${proxy.port()}/`);
  expect(await answer.text()).toContain('It works');
  expect(answer.status).toBe(200);
  await until('the proxy sees the backend', () => {
    const detail = proxy.agent.report().detail as { servers: Record<string, { state: string }> };
    return detail.servers['php-backend-1']?.state === 'up';
  });
});
