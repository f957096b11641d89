/** Where things lie in a node's directory, and who may write there. */
import { lstat, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ConpaasError } from '../../../core/contract/errors.ts';
import type { NodeContext } from '../../../core/service/agent.ts';
import { shortDirectory } from '../../../core/service/short-directory.ts';

/**
 * Hosted code sees `work`, `code` and `sockets` alone. The agent, which may be root, never writes into a directory
 * that hosted code can change (it could put links there); what has to be made inside is made by a program that runs
 * as the role's user.
 */
export interface Layout {
  /** Configuration files; the agent's, each file given to the role's uid, 0600. */
  readonly conf: string;
  /** What the agent remembers; its own alone. */
  readonly state: string;
  /** Code trees, one directory each, owned by the role; hosted code sees the one it runs from alone. */
  readonly code: string;
  /** Scratch space and home of hosted code. */
  readonly work: string;
  /** nginx's temporary files. */
  readonly temporary: string;
  /** Logs by name. */
  readonly logs: string;
  /** Sockets of engines of this node that hosted code takes part in (PHP-FPM). */
  readonly sockets: string;
  /** Sockets that hosted code must not reach (nginx's private server, HAProxy's control). */
  readonly control: string;
  /** Data that stays: Redis. */
  readonly data: string;
}

/** `sun_path` of unix(7) holds 107 bytes; leave some for the file's name. */
const longestSocketDirectory = 107 - 32;

/** Makes the directories of a node. Idempotent. */
export async function prepareLayout(context: NodeContext): Promise<Layout> {
  const inside = (name: string) => join(context.directory, name);
  const short = await socketRoot(context);
  const layout: Layout = {
    conf: inside('conf'),
    state: inside('state'),
    code: inside('code'),
    work: inside('work'),
    temporary: inside('temporary'),
    logs: inside('logs'),
    sockets: join(short, 's'),
    control: join(short, 'c'),
    data: inside('data'),
  };
  await mkdir(layout.state, { recursive: true, mode: 0o700 });
  for (const path of [layout.conf, layout.logs]) await mkdir(path, { recursive: true, mode: 0o755 });
  for (const path of [layout.code, layout.work, layout.temporary, layout.sockets, layout.control, layout.data]) {
    await mkdir(path, { recursive: true, mode: 0o700 });
    // Once, while it is empty: later its content is the role's, and may hold links that lead elsewhere.
    if (context.uid !== undefined && (await lstat(path)).uid !== context.uid) await context.own(path);
  }
  return layout;
}

/** Removes the directories of sockets when nothing listens any more; the next `prepareLayout` makes them again. */
export async function removeSockets(layout: Layout): Promise<void> {
  await rm(dirname(layout.sockets), { recursive: true, force: true });
}

/** The node's own directory, or, where its name is too long for a socket, a short one in /tmp that only we enter. */
async function socketRoot(context: NodeContext): Promise<string> {
  const inside = join(context.directory, 'run');
  if (Buffer.byteLength(join(inside, 'x')) <= longestSocketDirectory) {
    await mkdir(inside, { recursive: true, mode: 0o755 });
    return inside;
  }
  const short = shortDirectory(context.directory);
  await mkdir(short, { recursive: true, mode: 0o755 });
  const found = await lstat(short);
  if (!found.isDirectory() || found.uid !== process.getuid?.() || (found.mode & 0o022) !== 0) {
    throw new ConpaasError('conflict', `${short} belongs to somebody else. Remove it and try again.`);
  }
  return short;
}
