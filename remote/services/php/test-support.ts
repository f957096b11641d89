/**
 * Runs nodes of the PHP service as an agent would: the real supervisor, real engines in their sandbox, under a uid of
 * their own where the tests are root. Only blobs and ports are simpler.
 */
import { createHash, randomBytes } from 'node:crypto';
import { chown, lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { inspectArchive, packDirectory } from '../../core/archive/index.ts';
import type { NodeAssignment } from '../../core/contract/agent.ts';
import { ConpaasError } from '../../core/contract/errors.ts';
import { BlobHash, NodeId } from '../../core/contract/ids.ts';
import type { NodeContext, ServiceAgentNode } from '../../core/service/agent.ts';
import { createSupervisor, endRecorded, runOnce } from '../../core/supervisor/index.ts';
import type { Supervisor } from '../../core/supervisor/types.ts';
import { createServiceAgent } from './agent.ts';
import { BackendConfiguration, PhpConfiguration } from './configuration.ts';

const root = process.getuid?.() === 0;
/** Anything that nobody else uses. */
const firstUid = 471_100;

/** One agent's worth of nodes, in a directory of its own. */
export interface Bench extends AsyncDisposable {
  readonly directory: string;
  /** Loopback address of the n-th "VM" of this bench. */
  address(n: number): string;
  node(id: string, role: string, address: string): TestNode;
  /** Packs files and stores the archive. */
  code(files: Readonly<Record<string, string>>): Promise<{ blob: string; listing: string }>;
  putBlob(content: string | Buffer): Promise<string>;
}

export interface TestNode {
  readonly id: string;
  readonly agent: ServiceAgentNode;
  readonly context: NodeContext;
  readonly directory: string;
  /** Applies a configuration as the manager would send it. */
  apply(configuration: Readonly<Record<string, unknown>>, restarts?: number, signal?: AbortSignal): Promise<void>;
  /** Pid of a running engine. */
  pid(engine: string): number;
  port(): number;
  /** The agent's process dies and another one takes over. */
  agentRestarts(): Promise<TestNode>;
  changes: number;
}

/** @param deep lies so deep that no socket's path fits */
export async function createBench(deep = false): Promise<Bench> {
  const top = await mkdtemp('/tmp/conpaas-php-');
  const directory = deep ? join(top, 'a'.repeat(50), 'b'.repeat(50)) : top;
  await mkdir(directory, { recursive: true });
  const [a = 0, b = 0] = randomBytes(2);
  const network = `127.${64 + (a % 100)}.${b}`;
  const blobs = join(directory, 'blobs');
  const codeDirectory = join(directory, 'code');
  await mkdir(blobs);
  await mkdir(codeDirectory, { mode: 0o755 });
  const supervisors = new Map<string, Supervisor>();
  let nodes = 0;

  async function putBlob(content: string | Buffer): Promise<string> {
    const hash = createHash('sha256').update(content).digest('hex');
    await writeFile(join(blobs, hash), content);
    return hash;
  }

  function makeNode(id: string, role: string, address: string, uid: number, ports: Map<string, number>): TestNode {
    const home = join(directory, 'nodes', id);
    const records = join(directory, 'records', id);
    const pids = new Map<string, number>();
    const supervisor = createSupervisor({
      directory: records,
      onChange: (name, state) => {
        if (state.kind === 'running') pids.set(name, state.pid);
      },
    });
    supervisors.set(id, supervisor);
    const shared = { uid: root ? uid : undefined };
    const context: NodeContext = {
      node: id,
      service: 'php-1',
      role,
      address,
      directory: home,
      dataDirectory: home,
      codeDirectory,
      uid: root ? uid : undefined,
      start: (spec) => supervisor.start({ ...spec, ...shared }),
      endLeftovers: () => supervisor.endLeftovers(),
      async port(name, preferred, exact) {
        const known = ports.get(name);
        if (known !== undefined) return known;
        const free = (await isFree(address, preferred)) ? preferred : exact ? undefined : await anyPort(address);
        if (free === undefined) throw new ConpaasError('port_in_use', `Port ${preferred} of ${address} is taken.`);
        ports.set(name, free);
        return free;
      },
      blob: async (hash) => join(blobs, hash),
      run: (spec, signal) => runOnce({ ...spec, ...shared, records }, signal),
      own: async (path) => {
        if (root) await own(path, uid);
      },
      changed: () => {
        node.changes += 1;
      },
      log: (line) => {
        node.lines.push(line);
      },
    };
    const node = {
      id,
      agent: createServiceAgent()(context),
      context,
      directory: home,
      changes: 0,
      lines: [] as string[],
      async apply(configuration: Readonly<Record<string, unknown>>, restarts = 0, signal?: AbortSignal) {
        await mkdir(home, { recursive: true, mode: 0o755 });
        const assignment: NodeAssignment = {
          node: NodeId.parse(id),
          service: 'php-1',
          type: 'php',
          role,
          running: true,
          restarts,
          hash: createHash('sha256').update(JSON.stringify(configuration)).digest('hex'),
          configuration,
        };
        const limit = AbortSignal.timeout(30_000);
        await node.agent.apply(assignment, signal ? AbortSignal.any([signal, limit]) : limit);
      },
      pid(engine: string) {
        const found = [...pids.entries()].findLast(([name]) => name === engine || name.startsWith(`${engine}-`));
        if (!found) throw new Error(`${id} has not started ${engine}`);
        return found[1];
      },
      port() {
        const port = Object.values(node.agent.report().ports)[0];
        if (port === undefined) throw new Error(`${id} reports no port`);
        return port;
      },
      async agentRestarts() {
        await supervisor[Symbol.asyncDispose]();
        return makeNode(id, role, address, uid, ports);
      },
    };
    return node;
  }

  return {
    directory,
    address: (n) => `${network}.${n + 1}`,
    node: (id, role, address) => {
      nodes += 1;
      return makeNode(id, role, address, firstUid + nodes, new Map());
    },
    putBlob,
    async code(files) {
      const tree = await mkdtemp(join(directory, 'pack-'));
      for (const [name, text] of Object.entries(files)) {
        await mkdir(join(tree, name, '..'), { recursive: true });
        await writeFile(join(tree, name), text);
      }
      const archive = `${tree}.tar.gz`;
      await packDirectory(tree, archive);
      const blob = await putBlob(await readFile(archive));
      const { files: listed } = await inspectArchive(archive);
      const listing = await putBlob(listed.map((file) => `${JSON.stringify(file)}\n`).join(''));
      return { blob, listing };
    },
    async [Symbol.asyncDispose]() {
      for (const supervisor of supervisors.values()) await supervisor[Symbol.asyncDispose]();
      for (const id of supervisors.keys()) await endRecorded(join(directory, 'records', id));
      // An engine's last words may be written meanwhile.
      await rm(top, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

async function own(path: string, uid: number): Promise<void> {
  await chown(path, uid, uid);
  if (!(await lstat(path)).isDirectory()) return;
  for (const name of await readdir(path)) await own(join(path, name), uid);
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

function anyPort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, host, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** Waits for a condition; the test fails with `what` when it does not come. */
export async function until(what: string, test: () => boolean | Promise<boolean>, timeoutMs = 15_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await test())) {
    if (performance.now() > deadline) throw new Error(`Waited in vain for: ${what}`);
    await delay(20);
  }
}

export const password = 'session-secret-1';

/** A code version as backends are told of it. */
export async function codeVersion(bench: Bench, version: string, files: Readonly<Record<string, string>>) {
  const { blob } = await bench.code(files);
  return { version, blob: BlobHash.parse(blob) };
}

/** A backend's configuration with defaults. */
export function backendConfiguration(
  session: TestNode,
  more: Partial<Omit<BackendConfiguration, 'kind'>> = {},
): BackendConfiguration {
  return BackendConfiguration.parse({
    kind: 'backend',
    php: PhpConfiguration.parse({}),
    debug: false,
    environment: {},
    session: { node: session.id, address: session.context.address, port: session.port(), password },
    health: { path: '/', timeoutMs: 10_000, below: 500 },
    ...more,
  });
}

/** The entry of a node in a proxy's lists. */
export function server(node: TestNode, state: 'ready' | 'drain' = 'ready') {
  return { node: node.id, address: node.context.address, port: node.port(), state };
}
