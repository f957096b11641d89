/**
 * Machines of a cloud, from nothing: containers that nobody has a way into, so that they fetch all by themselves, as on
 * clouds far away. How quickly they are ready without what the provider takes, and what they download.
 */
import { existsSync } from 'node:fs';
import { copyFile, readFile, rename } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { imageName } from '../../remote/core/clouds/containers/settings.ts';
import { machinePackages } from '../../remote/core/clouds/machines/packages.ts';
import { usualPackage } from '../../remote/core/service/engines.ts';
import { serviceSpecs } from '../../remote/services/registry/spec.ts';
import { type CountingMirror, openMirror } from '../../test/support/plain-machines/mirror.ts';
import {
  openPlainDeployment,
  type PlainDeployment,
  type PlainMachine,
} from '../../test/support/plain-machines/plain-deployment.ts';
import { median } from './statistics.ts';
import type { Bench, BenchContext, Row } from './types.ts';

/** How many machines boot at once; each has a manager and an agent. */
const machines = Number(process.env['CONPAAS_BENCH_MACHINES'] ?? 20);
/** How many machines install packages in all, and how many of them at once. */
const installs = Number(process.env['CONPAAS_BENCH_INSTALLS'] ?? 10);
const installsAtOnce = 3;
const rounds = 3;
const checkout = path.resolve(import.meta.dirname, '../..');
const megabyte = 1e6;

/** What every role of every service needs, as directors tell their machines. */
const packages = [
  ...new Set([
    ...machinePackages,
    ...Object.values(serviceSpecs).flatMap(({ roles }) =>
      Object.values(roles).flatMap((role) => role.packages.map(usualPackage)),
    ),
  ]),
];

interface Peers {
  readonly socket: string;
  readonly address: string;
  readonly relay: string;
  readonly plainImage: string;
}

function peers(): Peers {
  const of = (name: string): string => {
    const value = process.env[name];
    if (value !== undefined) return value;
    throw new Error('It needs a container engine of its own, and so root: npm run bench -- boots');
  };
  return {
    socket: of('CONPAAS_PEER_SOCKET'),
    address: of('CONPAAS_PEER_ADDRESS'),
    relay: of('CONPAAS_PEER_MIRROR'),
    plainImage: of('CONPAAS_PEER_PLAIN_IMAGE'),
  };
}

export const boots: Bench = {
  name: 'boots',
  about: `machines from nothing: one and ${machines} at once, what each downloads`,
  async run(context) {
    const { address, relay } = peers();
    await using mirror = await openMirror(relay, address, 8080);
    await using _own = await openMirror(relay, address, 80);
    return [...(await prepared(context, mirror)), ...(await plain(context, mirror))];
  },
};

function open({ signal }: BenchContext, mirror: CountingMirror, image: string): Promise<PlainDeployment> {
  const { socket, address } = peers();
  const bundles = path.join(checkout, 'dist/remote');
  return openPlainDeployment({ socket, address, image, mirror: mirror.url, specs: serviceSpecs, bundles, signal });
}

/** Machines of the image that `conpaas image build` makes. */
async function prepared(context: BenchContext, mirror: CountingMirror): Promise<Row[]> {
  await using deployment = await open(context, mirror, imageName);
  const alone: PlainMachine[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const machine = await deployment.add(`Alone ${round}`);
    context.log(`one machine: ready after ${machine.readyMs} ms`);
    alone.push(machine);
  }
  const one = median(alone.map(({ readyMs }) => readyMs));
  const node = await nodeAlone(deployment, alone[0]?.root ?? '');
  const names = Array.from({ length: machines }, (_, at) => `Together ${at + 1}`);
  const together = await Promise.all(names.map((name) => deployment.add(name)));
  const slowest = Math.max(...together.map(({ readyMs }) => readyMs));
  const processors = availableParallelism();
  const used = together.reduce((sum, { processorMs }) => sum + processorMs, 0);
  context.log(`${machines} machines: the last is ready after ${slowest} ms`);
  return [
    {
      what: 'a machine that runs: manager and agent ready',
      unit: 'ms',
      measured: one,
      beside: { what: 'a Node that starts there and ends', value: node },
      aims: [{ of: 'measured', atMost: 8000 }],
    },
    {
      what: `${machines} machines at once: the last one ready`,
      unit: 'ms',
      measured: slowest,
      beside: { what: 'one machine', value: one },
      aims: [{ of: 'ratio', atMost: 1.5 }],
    },
    // They share this computer's processors, so that no machine's work can be done beside another's where there are few.
    {
      what: `${machines} machines at once, beside the least that ${processors} processors can take`,
      unit: 'ms',
      measured: slowest,
      beside: { what: 'what they have used of processors, divided', value: used / processors },
      aims: [],
    },
  ];
}

/** What the least program of the runtime takes on such a machine, which has not read it before. */
async function nodeAlone(deployment: PlainDeployment, root: string): Promise<number> {
  const bare = await deployment.bare('vm-node', waitsFor('/node', '/node -e 0'));
  const started = await begin(root, bare.root);
  await finished(bare.root);
  return performance.now() - started;
}

/** A script that runs one command once a file is there, and then says so. */
const waitsFor = (file: string, command: string): string =>
  `#!/bin/sh\nuntil [ -x ${file} ]; do sleep 0.01; done\n${command}\n: > /finished\nexec sleep 3600\n`;

async function begin(from: string, to: string): Promise<number> {
  await copyFile(path.join(from, 'opt/conpaas/node'), path.join(to, 'node.new'));
  const started = performance.now();
  await rename(path.join(to, 'node.new'), path.join(to, 'node'));
  return started;
}

async function finished(root: string): Promise<void> {
  while (!existsSync(path.join(root, 'finished'))) {
    if (!existsSync(root)) throw new Error('The machine has ended.');
    await delay(20);
  }
}

/** Machines of a plain Debian, which install their packages first. */
async function plain(context: BenchContext, mirror: CountingMirror): Promise<Row[]> {
  await using deployment = await open(context, mirror, peers().plainImage);
  const script = `#!/bin/sh
export DEBIAN_FRONTEND=noninteractive
printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
apt-get -q update
apt-get -q -y --no-install-recommends install ${packages.join(' ')}
: > /finished
exec sleep 3600
`;
  const before = performance.now();
  const bare = await deployment.bare('vm-script', script);
  await finished(bare.root);
  const byScript = { ms: performance.now() - before, bytes: await received(bare.pid) };
  context.log(`a plain script: ${Math.round(byScript.ms)} ms, ${byScript.bytes} bytes`);

  const one = async (name: string) => {
    const machine = await deployment.add(name);
    const result = { ms: machine.readyMs, bytes: await received(machine.pid) };
    context.log(`${name}: ${result.ms} ms, ${result.bytes} bytes`);
    return result;
  };
  mirror.reset();
  const first = await one('Plain 1');
  const fetched = mirror.count.bytes;
  const names = Array.from({ length: installs - 2 }, (_, at) => `Plain ${at + 2}`);
  await Promise.all(
    Array.from({ length: installsAtOnce }, async () => {
      for (let name = names.shift(); name !== undefined; name = names.shift()) await one(name);
    }),
  );
  mirror.reset();
  const last = await one(`Plain ${installs}`);
  const scriptBytes = { what: 'a plain script, which installs the same', value: byScript.bytes / megabyte };
  return [
    {
      what: 'a plain machine that runs: all installed, manager and agent ready',
      unit: 'ms',
      measured: last.ms,
      beside: { what: 'a plain script, which only installs', value: byScript.ms },
      aims: [],
    },
    {
      what: 'downloaded from the mirror for the first plain machine',
      unit: 'MB',
      measured: fetched / megabyte,
      beside: scriptBytes,
      aims: [{ of: 'ratio', atMost: 1.05 }],
    },
    {
      what: `downloaded from the mirror for the ${installs}th plain machine`,
      unit: 'MB',
      measured: mirror.count.bytes / megabyte,
      beside: scriptBytes,
      aims: [{ of: 'measured', atMost: 0 }],
    },
    ...(
      [
        ['first', first],
        [`${installs}th`, last],
      ] as const
    ).map(
      ([which, { bytes }]): Row => ({
        what: `downloaded by the ${which} plain machine, from its director`,
        unit: 'MB',
        measured: bytes / megabyte,
        beside: scriptBytes,
        aims: [],
      }),
    ),
  ];
}

/** Bytes that a machine has received since it started, packets' headers included. */
async function received(pid: number): Promise<number> {
  const lines = (await readFile(`/proc/${pid}/net/dev`, 'utf8')).split('\n');
  const counted = lines.map((line) => /^\s*eth\d+:\s*(\d+)/.exec(line)?.[1]).filter((text) => text !== undefined);
  return counted.reduce((sum, text) => sum + Number(text), 0);
}
