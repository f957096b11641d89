/** For tests: a running server of the EC2 API (moto). Its records are EC2's; nothing boots. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../free-port.fixture.ts';

const cache = path.resolve(import.meta.dirname, '../../../../.cache');
/** A loopback address of these tests. */
const host = '127.77.5.1';
const startMs = 60_000;

export interface Moto extends AsyncDisposable {
  readonly endpoint: string;
}

/** @throws where it is not installed (`npm test` installs it) or does not answer in time */
export async function startMoto(): Promise<Moto> {
  const installed = (await readdir(cache)).find((name) => name.startsWith('moto-'));
  if (installed === undefined) throw new Error('moto is not installed: node scripts/setup.mjs test installs it');
  const directory = await mkdtemp(path.join(os.tmpdir(), 'conpaas-moto-'));
  const images = path.join(directory, 'images.json');
  await writeFile(images, JSON.stringify(publishedImages));
  const port = await freePort(host);
  const program = path.join(directory, 'server.py');
  await writeFile(program, snapshotTags);
  const child = spawn(path.join(cache, installed, 'bin/python'), [program, '-H', host, '-p', String(port)], {
    cwd: directory,
    env: { PATH: '/usr/bin:/bin', HOME: directory, MOTO_AMIS_PATH: images },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (data: Buffer) => {
    said = (said + data.toString()).slice(-2000);
  });
  const endpoint = `http://${host}:${port}`;
  await untilAnswers(child, endpoint, () => said);
  return {
    endpoint,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function untilAnswers(child: ChildProcess, endpoint: string, said: () => string): Promise<void> {
  const deadline = performance.now() + startMs;
  for (;;) {
    const answer = await fetch(`${endpoint}/moto-api/data.json`).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok) return;
    if (child.exitCode !== null) throw new Error(`moto ended with ${child.exitCode}: ${said()}`);
    if (performance.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`moto did not answer in time: ${said()}`);
    }
    await delay(50);
  }
}

/** moto refuses tags for the snapshots of an image that is made, which EC2 takes and our policy asks for. */
const snapshotTags = `
import sys
from moto.ec2.models.amis import AmiBackend
from moto.server import main

create = AmiBackend.create_image

def create_image(self, instance_id, name, description, tag_specifications):
    of = lambda kind: [one for one in tag_specifications if one["ResourceType"] == kind]
    image = create(self, instance_id, name, description, of("image"))
    for given in of("snapshot"):
        for tag in given["Tags"]:
            image.ebs_snapshot.add_tag(tag["Key"], tag["Value"])
    return image

AmiBackend.create_image = create_image
main(sys.argv[1:])
`;

/** What the publishers have in every region: two of Debian, of Ubuntu three releases, and somebody else's of the same name. */
const publishedImages = [
  ['ami-0debian1old00000', '136693071363', 'debian-12-amd64-20250101-1', 'x86_64', '2025-01-01T00:00:00.000Z'],
  ['ami-0debian1new00000', '136693071363', 'debian-12-amd64-20261001-2', 'x86_64', '2026-10-01T00:00:00.000Z'],
  ['ami-0debian1arm00000', '136693071363', 'debian-12-arm64-20261001-2', 'arm64', '2026-10-01T00:00:00.000Z'],
  ['ami-0debianfalse0000', '666666666666', 'debian-12-amd64-20261101-1', 'x86_64', '2026-11-01T00:00:00.000Z'],
  [
    'ami-0ubuntu220400000',
    '099720109477',
    'ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20261101',
    'x86_64',
    '2026-11-01T00:00:00.000Z',
  ],
  [
    'ami-0ubuntu240400000',
    '099720109477',
    'ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20261001',
    'x86_64',
    '2026-10-01T00:00:00.000Z',
  ],
  [
    'ami-0ubuntu241000000',
    '099720109477',
    'ubuntu/images/hvm-ssd-gp3/ubuntu-oracular-24.10-amd64-server-20261110',
    'x86_64',
    '2026-11-10T00:00:00.000Z',
  ],
].map(([ami_id, owner_id, name, architecture, creation_date]) => ({
  ami_id,
  owner_id,
  name,
  architecture,
  creation_date,
  description: name,
  hypervisor: 'xen',
  image_location: 'amazon/x',
  image_type: 'machine',
  platform: null,
  public: true,
  root_device_name: '/dev/xvda',
  root_device_type: 'ebs',
  sriov: 'simple',
  state: 'available',
  virtualization_type: 'hvm',
}));
