import { describe, expect, test } from 'vitest';
import { type EngineApi, openEngineApi } from './engine-api.ts';
import { demultiplex } from './frames.ts';
import { freeAddress } from './network.ts';
import { choosePorts, parsePorts, portBindings, portsText, reachOf } from './reach.ts';
import { directorsSocket, engineSocket } from './socket.ts';

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

  test('on Windows and macOS: pipes, and the socket of a machine of Podman', () => {
    const none = () => false;
    expect(engineSocket({}, none, 'win32')).toBe('\\\\.\\pipe\\docker_engine');
    const podmans = '\\\\.\\pipe\\podman-machine-default';
    expect(engineSocket({}, (file) => file === podmans, 'win32')).toBe(podmans);
    expect(engineSocket({ DOCKER_HOST: 'npipe:////./pipe/other' }, none, 'win32')).toBe('\\\\.\\pipe\\other');
    const machine = /\/\.local\/share\/containers\/podman\/machine\/podman\.sock$/;
    expect(engineSocket({}, (file) => machine.test(file), 'darwin')).toMatch(machine);
  });

  test('for directors: the socket itself, or what it leads to where the engine is in a VM', async () => {
    const api = (engine: 'podman' | 'other') =>
      ({
        engine: async () => engine,
        request: async () => ({ host: { remoteSocket: { path: 'unix:///run/podman/podman.sock' } } }),
      }) as unknown as EngineApi;
    const never = new AbortController().signal;
    const of = (engine: 'podman' | 'other', socket: string, platform: NodeJS.Platform) =>
      directorsSocket(api(engine), socket, never, platform);
    expect(await of('other', '/x/y.sock', 'linux')).toBe('/x/y.sock');
    expect(await of('other', '/home/me/.docker/desktop/docker.sock', 'linux')).toBe('/var/run/docker.sock');
    expect(await of('other', '/Users/me/.docker/run/docker.sock', 'darwin')).toBe('/var/run/docker.sock');
    expect(await of('podman', '/Users/me/podman.sock', 'darwin')).toBe('/run/podman/podman.sock');
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

describe('how machines are reached', () => {
  test.each<[string, NodeJS.Platform, string, string[], string | undefined, string]>([
    [
      'Docker or Podman of a Linux',
      'linux',
      'Debian GNU/Linux 12',
      ['name=seccomp,profile=default'],
      undefined,
      'addresses',
    ],
    ['a rootless engine', 'linux', 'Debian GNU/Linux 12', ['name=rootless'], undefined, 'ports'],
    ['Docker Desktop on Linux', 'linux', 'Docker Desktop', [], undefined, 'ports'],
    ['macOS', 'darwin', 'Docker Desktop', [], undefined, 'ports'],
    ['Windows', 'win32', 'fedora', [], undefined, 'ports'],
    ['any, when it is told', 'linux', 'Debian GNU/Linux 12', [], 'ports', 'ports'],
  ])('%s', (_title, platform, OperatingSystem, SecurityOptions, told, expected) => {
    expect(reachOf({ OperatingSystem, SecurityOptions }, platform, told)).toBe(expected);
  });

  test('ports of this computer lead to those that desktop and users need, and are known again by the label', () => {
    for (const [isDirector, own] of [
      [true, ['5555']],
      [false, ['80', '443']],
    ] as const) {
      const ports = choosePorts(isDirector);
      expect(Object.keys(ports).sort()).toEqual([...own].sort());
      expect(new Set(Object.values(ports)).size).toBe(own.length);
      expect(parsePorts(portsText(ports))).toEqual(ports);
      for (const [port, leading] of Object.entries(ports)) {
        expect(leading).toBeGreaterThanOrEqual(20_000);
        expect(leading).toBeLessThan(32_768);
        // Nobody but this computer.
        expect(portBindings(ports).PortBindings[`${port}/tcp`]).toEqual([
          { HostIp: '127.0.0.1', HostPort: String(leading) },
        ]);
      }
    }
    expect(parsePorts(undefined)).toBeUndefined();
  });
});
