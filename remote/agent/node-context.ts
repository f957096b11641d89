/** What the agent lends to one node: engines, ports, blobs, files, all within what the node may reach. */
import { appendFileSync, mkdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { ConpaasError } from '../core/contract/errors.ts';
import type { NodeContext } from '../core/service/agent.ts';
import { shortDirectory } from '../core/service/short-directory.ts';
import { recordedTrees, runOnce, type Supervised, type Supervisor, sandboxWorks } from '../core/supervisor/index.ts';
import type { Sandbox } from '../core/supervisor/types.ts';
import type { Blobs } from './blobs.ts';
import { placesOf, volumePlace } from './node-places.ts';
import { ownTree } from './own.ts';
import type { Ports } from './ports.ts';

export interface NodeContextOptions {
  readonly node: string;
  readonly service: string;
  readonly role: string;
  readonly address: string;
  readonly home: string;
  /** That its data lies on; undefined: it lies in the node's directory. */
  readonly volume?: string | undefined;
  readonly uid: number | undefined;
  /** Whether the user has accepted that it runs where this machine cannot contain it. */
  uncontained(): boolean;
  readonly supervisor: Supervisor;
  readonly ports: Ports;
  readonly blobs: Blobs;
  /** Told of every engine that is started or adopted. */
  onStart(name: string, engine: Supervised, log: string, sandbox: Sandbox): void;
  onChange(): void;
}

/** A volume is reached through a link of its host's, in a directory that only the host and this agent may write to. */
function resolved(target: string, dataDirectory: string): string {
  if (target !== dataDirectory && !target.startsWith(`${dataDirectory}/`)) return target;
  return path.join(realpathSync(dataDirectory), path.relative(dataDirectory, target));
}

/** Makes the context of a node, and its directories. */
export function createNodeContext(options: NodeContextOptions): NodeContext {
  const { node, service, role, address, home, uid, supervisor, ports, blobs } = options;
  const places = placesOf(home, node);
  const codeDirectory = path.join(home, 'code');
  const dataDirectory = options.volume === undefined ? places.directory : volumePlace(home, options.volume);
  for (const directory of [places.directory, codeDirectory]) mkdirSync(directory, { recursive: true, mode: 0o755 });
  mkdirSync(path.dirname(places.log), { recursive: true, mode: 0o700 });
  /** What the user has accepted counts for an agent without root's rights only: see the sandbox's own message. */
  const sandboxOf = async (sandbox: Sandbox): Promise<Sandbox | undefined> =>
    options.uncontained() && process.getuid?.() !== 0 && (await sandboxWorks(places.records)) ? undefined : sandbox;
  return {
    node,
    service,
    role,
    address,
    directory: places.directory,
    dataDirectory,
    codeDirectory,
    uid,
    async start(spec) {
      const name = `${node}.${spec.name}`;
      const engine = await supervisor.start({ ...spec, name, uid, sandbox: await sandboxOf(spec.sandbox) });
      // What it may see, even where that was given up in words: a terminal is contained or there is none.
      options.onStart(name, engine, spec.log.path, spec.sandbox);
      return engine;
    },
    endLeftovers: () => supervisor.endLeftovers(),
    port: (name, preferred, exact = false) =>
      ports.port(node, name, preferred, { exact, own: () => recordedTrees(places.records) }),
    blob: (hash, signal) => blobs.get(hash, signal),
    run: async (spec, signal) =>
      runOnce({ ...spec, uid, sandbox: await sandboxOf(spec.sandbox), records: places.records }, signal),
    async own(target) {
      const roots = [places.directory, dataDirectory, codeDirectory];
      const inside = roots.some((root) => target === root || target.startsWith(`${root}/`));
      // Sockets whose path would be too long lie in a directory of the node's in /tmp.
      const short = target.startsWith(`${shortDirectory(places.directory)}/`);
      if (!(inside || short) || path.normalize(target) !== target) {
        throw new ConpaasError('forbidden', `${target} is not this node's to give away.`);
      }
      if (uid !== undefined) ownTree(resolved(target, dataDirectory), uid);
    },
    changed: options.onChange,
    log(line) {
      try {
        appendFileSync(places.log, `${line.replaceAll(/[\r\n]+/g, ' ')}\n`, { mode: 0o600 });
      } catch {
        // A full disk: losing a remark must not end the work it is about.
      }
    },
  };
}
