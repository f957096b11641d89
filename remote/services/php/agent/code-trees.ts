/**
 * Code on a node. Each version is unpacked once per agent, read-only, and never changed (`<codeDirectory>/<blob>`); web
 * nodes serve it from there. A backend gets a tree of its own per activation, which pages may write into: they keep
 * uploads beside their code. What they wrote goes along to the next version (as hard links: nothing is copied twice).
 */

import { access, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { extractArchive } from '../../../core/archive/index.ts';
import { ConpaasError } from '../../../core/contract/errors.ts';
import type { NodeContext } from '../../../core/service/agent.ts';
import { installed, phpCommand } from '../engines.ts';
import { carryScript } from './carry-script.ts';
import { writeConfiguration } from './engine.ts';
import type { Layout } from './layout.ts';

/** The unchanged code of a version, unpacked if it is not there yet. */
export async function sharedTree(context: NodeContext, blob: string, signal: AbortSignal): Promise<string> {
  const tree = join(context.codeDirectory, blob);
  if (await exists(tree)) return tree;
  await mkdir(context.codeDirectory, { recursive: true, mode: 0o755 });
  const archive = await context.blob(blob, signal);
  await extractArchive(archive, tree, { signal }).catch(async (error: unknown) => {
    // Another node of this agent was faster.
    if (error instanceof ConpaasError && error.code === 'conflict' && (await exists(tree))) return;
    throw error;
  });
  return tree;
}

/** A copy of a version that the pages of this node may change. */
export async function copyTree(
  context: NodeContext,
  layout: Layout,
  shared: string,
  name: string,
  signal: AbortSignal,
): Promise<string> {
  const tree = join(layout.code, name);
  await removeTree(context, layout, name, signal);
  await mkdir(tree, { recursive: true, mode: 0o755 });
  await context.own(tree);
  // As the role's user: the copies are its own, and no link in the tree can lead us astray.
  const { code, lastLines } = await context.run(
    {
      executable: '/usr/bin/cp',
      arguments: ['-R', '-P', '--preserve=mode,timestamps,links', '--reflink=auto', '--', `${shared}/.`, tree],
      directory: tree,
      environment: {},
      sandbox: { writable: [tree], readable: [shared] },
      log: join(layout.logs, 'code.log'),
      timeoutMs: 300_000,
    },
    signal,
  );
  if (code !== 0) throw new ConpaasError('engine_failed', 'The code could not be copied.', { log: lastLines });
  return tree;
}

export interface TreeVersion {
  /** Directory in `layout.code`. */
  readonly name: string;
  readonly blob: string;
}

/** Takes what pages have written into one tree over to another. Again and again, if need be: what is there stays. */
export async function carryFiles(
  context: NodeContext,
  layout: Layout,
  from: TreeVersion,
  to: TreeVersion,
  signal: AbortSignal,
): Promise<void> {
  const script = await writeConfiguration(context, layout, 'carry.php', carryScript);
  const shared = [await sharedTree(context, from.blob, signal), await sharedTree(context, to.blob, signal)] as const;
  const { code, lastLines } = await context.run(
    {
      executable: installed(phpCommand),
      arguments: ['-n', script, shared[0], join(layout.code, from.name), shared[1], join(layout.code, to.name)],
      directory: layout.code,
      environment: {},
      // The whole of `code` in one piece: hard links cannot be made from one mount to another.
      sandbox: { writable: [layout.code], readable: [...shared, layout.conf] },
      log: join(layout.logs, 'code.log'),
      timeoutMs: 600_000,
    },
    signal,
  );
  if (code !== 0) {
    throw new ConpaasError('engine_failed', 'Files that the application has written could not be kept.', {
      log: lastLines,
    });
  }
}

/** Removes a tree, as the role's user. No error where it is not there. */
export async function removeTree(
  context: NodeContext,
  layout: Layout,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const tree = join(layout.code, name);
  if (!(await exists(tree))) return;
  await context.run(
    {
      executable: '/usr/bin/rm',
      arguments: ['-rf', '--', tree],
      directory: layout.code,
      environment: {},
      sandbox: { writable: [layout.code], readable: [] },
      log: join(layout.logs, 'code.log'),
      timeoutMs: 300_000,
    },
    signal,
  );
}

/** Removes trees of activations that came to nothing. */
export async function removeOtherTrees(
  context: NodeContext,
  layout: Layout,
  wanted: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<void> {
  for (const name of await readdir(layout.code)) {
    if (!wanted.has(name)) await removeTree(context, layout, name, signal);
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
