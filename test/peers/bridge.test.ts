/** The bridge that machines speak through changes its hardware address as others come and go (containers/kernel.ts). */
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { createContainersProvider } from '../../remote/core/clouds/containers/containers-provider.ts';
import { containerOf } from '../../remote/core/clouds/containers/servers.ts';
import { DeploymentId } from '../../remote/core/contract/ids.ts';
import { peerAddress, peerSocket } from './engine.ts';

const run = promisify(execFile);

/** Long for one who asks again; short for one who goes on for the 15 to 45 seconds that Linux trusts an answer, and longer. */
const waitSeconds = 12;

test('a machine goes on being answered once the bridge has another hardware address', async () => {
  const signal = AbortSignal.timeout(120_000);
  const deployment = DeploymentId.parse('d-bridge');
  const { provider, api } = createContainersProvider({ deployment, socket: peerSocket() });
  await using server = createServer((_, answer) => void answer.end('here'));
  await new Promise<void>((resolve) => server.listen(0, peerAddress(), resolve));
  const { port } = server.address() as AddressInfo;
  const tags = { deployment, application: 'app-one', operation: 'op-one' };
  const machine = await provider.createServer(
    { name: 'vm-one', tags, userData: '#!/bin/sh\nexec sleep 300\n' },
    signal,
  );
  try {
    const container = containerOf(machine.id) ?? '';
    const ask = () =>
      api.execute(
        container,
        ['/usr/bin/curl', '-sS', '--max-time', String(waitSeconds), `http://${peerAddress()}:${port}/`],
        '',
        signal,
      );
    const answered = { code: 0, output: 'here', errors: '' };
    const { stdout } = await run('ip', ['-json', 'route', 'get', machine.privateAddress ?? '']);
    const bridge = z.array(z.object({ dev: z.string() })).parse(JSON.parse(stdout))[0]?.dev ?? '';
    for (const last of ['01', '02', '03']) {
      await run('ip', ['link', 'set', 'dev', bridge, 'address', `02:00:00:00:00:${last}`]);
      expect(await ask()).toEqual(answered);
    }
  } finally {
    await provider.destroyServer(machine.id, signal);
    for (const each of await provider.belongings(signal)) await provider.destroyBelonging(each, signal);
  }
}, 150_000);
