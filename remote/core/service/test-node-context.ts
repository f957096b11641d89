/**
 * A NodeContext for tests of a service's agent half: the real supervisor and the real sandbox, without an agent process
 * around them. Blobs are files that the test puts into `blobs`.
 */
import { chmodSync, chownSync, lchownSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Failure } from '../contract/errors.ts';
import { ConpaasError } from '../contract/errors.ts';
import { createSupervisor, endRecorded, runOnce, type Supervised } from '../supervisor/index.ts';
import type { NodeContext } from './agent.ts';

export interface TestNode extends AsyncDisposable {
  readonly context: NodeContext;
  /** Everything of the node, removed at the end. */
  readonly home: string;
  /** Lines the node logged. */
  readonly lines: readonly string[];
  /** Blobs by hash: paths of files. */
  readonly blobs: Map<string, string>;
  /** How often `changed()` was called. */
  readonly changes: () => number;
  /** Failures of engines, newest last. */
  readonly failures: readonly Failure[];
  /** The same node after its agent died: engines go on, nothing is known. */
  revive(): Promise<TestNode>;
}

export interface TestNodeOptions {
  readonly service: string;
  readonly role: string;
  /** In 127.0.0.0/8; pick a network of your own per test file. */
  readonly address: string;
  readonly node?: string;
  /** Where the node lives; a temporary directory, removed at the end, where absent. */
  readonly home?: string;
  /** A directory that stands in for a volume. */
  readonly data?: string;
}

const uid = process.getuid?.() === 0 ? 0x3ffe0 : undefined;

/** Makes a node in a directory of its own. */
export function createTestNode(options: TestNodeOptions): TestNode {
  const made = options.home === undefined;
  const home = options.home ?? mkdtempSync(join(tmpdir(), `node-${options.role}-`));
  return assemble(options, home, { made, blobs: new Map(), ports: new Map() });
}

interface Kept {
  readonly made: boolean;
  readonly blobs: Map<string, string>;
  readonly ports: Map<string, number>;
}

function assemble(options: TestNodeOptions, home: string, kept: Kept): TestNode {
  const { service, role, address } = options;
  const node = options.node ?? `${service}-${role}-1`;
  const directory = join(home, 'node');
  const codeDirectory = join(home, 'code');
  const dataDirectory = options.data ?? directory;
  const records = join(home, 'records');
  chmodSync(home, 0o700);
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  mkdirSync(codeDirectory, { recursive: true, mode: 0o755 });
  const lines: string[] = [];
  const failures: Failure[] = [];
  let changes = 0;
  const supervisor = createSupervisor({
    directory: records,
    onChange: (_name, state) => {
      if (state.kind === 'failed' || state.kind === 'backing_off') failures.push(state.failure);
      changes++;
    },
  });
  const context: NodeContext = {
    node,
    service,
    role,
    address,
    directory,
    dataDirectory,
    codeDirectory,
    uid,
    start: (spec): Promise<Supervised> => supervisor.start({ ...spec, name: `${node}.${spec.name}`, uid }),
    endLeftovers: () => supervisor.endLeftovers(),
    async port(name, preferred, exact = false) {
      const known = kept.ports.get(name);
      if (known !== undefined) return known;
      let port = preferred;
      if (!(await isFree(address, port))) {
        if (exact) throw new ConpaasError('port_in_use', `Port ${port} of ${address} is in use.`);
        port = await anyFree(address);
      }
      kept.ports.set(name, port);
      return port;
    },
    async blob(hash) {
      const path = kept.blobs.get(hash);
      if (path === undefined) throw new ConpaasError('not_found', `The test gave no blob ${hash}.`);
      return path;
    },
    run: (spec, signal) => runOnce({ ...spec, uid, records }, signal),
    async own(path) {
      if (uid !== undefined) ownAll(path, uid);
    },
    changed: () => {
      changes++;
    },
    log: (line) => {
      lines.push(line);
    },
  };
  return {
    context,
    home,
    lines,
    failures,
    blobs: kept.blobs,
    changes: () => changes,
    async revive() {
      await supervisor[Symbol.asyncDispose]();
      return assemble(options, home, kept);
    },
    async [Symbol.asyncDispose]() {
      await supervisor[Symbol.asyncDispose]();
      await endRecorded(records);
      if (kept.made) rmSync(home, { recursive: true, force: true });
    },
  };
}

function ownAll(path: string, owner: number): void {
  if (lstatSync(path).isDirectory()) {
    for (const entry of readdirSync(path)) ownAll(join(path, entry), owner);
    chownSync(path, owner, owner);
  } else lchownSync(path, owner, owner);
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function anyFree(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port: 0, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
