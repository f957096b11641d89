import { describe, expect, test } from 'vitest';
import { unreachable } from './containers-provider.ts';
import { openEngineApi } from './engine-api.ts';
import { demultiplex } from './frames.ts';
import { freeAddress } from './network.ts';
import { engineSocket } from './socket.ts';

const frame = (kind: number, text: string): Buffer => {
  const head = Buffer.alloc(8);
  head.writeUInt8(kind, 0);
  head.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([head, Buffer.from(text)]);
};

async function* pieces(whole: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size);
}

describe('frames of output and errors', () => {
  const whole = Buffer.concat([frame(1, 'one '), frame(2, 'oh'), frame(1, 'zwei ä'), frame(1, '')]);

  test.each([1, 3, 8, 11, 1000])('are put together from pieces of %i bytes', async (size) => {
    expect(await demultiplex(pieces(whole, size))).toEqual({ output: 'one zwei ä', errors: 'oh' });
  });

  test('a stream that ends within a frame is an error', async () => {
    await expect(demultiplex(pieces(whole.subarray(0, -10), 7))).rejects.toThrow(/cut short/);
  });
});

describe('addresses of a network', () => {
  const network = (subnet: string, gateway: string) => ({
    Name: 'n',
    IPAM: { Config: [{ Subnet: 'fd00::/64' }, { Subnet: subnet, Gateway: gateway }] },
  });

  test('are all but the ends, the gateway and those taken', () => {
    const taken = new Set<string>();
    for (let left = 4; left > 0; left -= 1) taken.add(freeAddress(network('10.89.3.8/29', '10.89.3.10'), taken));
    expect([...taken].sort()).toEqual(['10.89.3.11', '10.89.3.12', '10.89.3.13', '10.89.3.14']);
    expect(() => freeAddress(network('10.89.3.8/29', '10.89.3.10'), taken)).toThrow(/taken/);
  });

  test('a network without IPv4 says so', () => {
    expect(() => freeAddress({ Name: 'n', IPAM: { Config: [{ Subnet: 'fd00::/64' }] } }, new Set())).toThrow(/IPv4/);
  });
});

describe('where the engine is', () => {
  test.each([
    [{ DOCKER_HOST: 'unix:///x/y.sock' }, [], '/x/y.sock'],
    [{ DOCKER_HOST: 'tcp://10.0.0.1:2375' }, [], '/var/run/docker.sock'],
    [{ XDG_RUNTIME_DIR: '/run/user/7' }, ['/run/user/7/podman/podman.sock'], '/run/user/7/podman/podman.sock'],
    [{}, ['/run/podman/podman.sock'], '/run/podman/podman.sock'],
    [{}, ['/run/podman/podman.sock', '/var/run/docker.sock'], '/var/run/docker.sock'],
  ])('%j with %j: %s', (environment, there, expected) => {
    expect(engineSocket(environment, (file) => (there as string[]).includes(file))).toBe(expected);
  });

  test('machines of a rootless engine, or behind a hidden VM, cannot be reached, and it is said', () => {
    expect(unreachable(['name=seccomp,profile=default', 'name=rootless'], 'linux')).toContain('rootless');
    expect(unreachable(['name=seccomp,profile=default'], 'linux')).toBeUndefined();
    expect(unreachable([], 'darwin')).toContain('need Linux');
  });

  test('no engine: what is wrong and what to do', async () => {
    const api = openEngineApi('/nowhere/engine.sock');
    const asked = api.request({ method: 'GET', path: '/info' }, AbortSignal.timeout(5000));
    await expect(asked).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('Start Docker'),
    });
  });
});
