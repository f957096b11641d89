/** The script that a user wants run on each node before its role starts. */
import { chmod, copyFile, mkdir, open, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConpaasError } from '../../../core/contract/errors.ts';
import type { NodeContext } from '../../../core/service/agent.ts';
import type { Layout } from './layout.ts';

const timeoutMs = 15 * 60_000;

/**
 * Runs the script once per node and script: a success is remembered, a failure is tried again at the next apply.
 * Its home and working directory is the role's scratch directory, which pages can read (HOME).
 * @throws ConpaasError script_failed with its last lines
 */
export async function runStartupScript(
  context: NodeContext,
  layout: Layout,
  blob: string,
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  const remembered = join(layout.state, `startup-${blob.slice(0, 16)}.done`);
  if (await stat(remembered).catch(() => undefined)) return;
  const directory = join(layout.conf, 'startup');
  await mkdir(directory, { recursive: true, mode: 0o755 });
  const script = join(directory, blob.slice(0, 16));
  await copyFile(await context.blob(blob, signal), script);
  await chmod(script, 0o700);
  await context.own(script);
  const names = (await startsWithInterpreter(script)) ? [script] : ['/bin/sh', script];
  const { code, lastLines } = await context.run(
    {
      executable: names[0] ?? script,
      arguments: names.slice(1),
      directory: layout.work,
      environment: { HOME: layout.work, TMPDIR: layout.work, ...environment, CONPAAS_NODE: context.node },
      sandbox: { writable: [layout.work], readable: [directory] },
      log: join(layout.logs, 'startup.log'),
      timeoutMs,
    },
    signal,
  );
  if (code !== 0) {
    const how = code === undefined ? 'did not end in time' : `ended with code ${code}`;
    throw new ConpaasError('script_failed', `The startup script ${how}. Correct it and set it again.`, {
      log: lastLines,
      retry: true,
    });
  }
  await writeFile(remembered, '', { mode: 0o600 });
}

/** Whether a script names its interpreter itself (`#!`). */
async function startsWithInterpreter(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer.toString('latin1') === '#!';
  } finally {
    await file.close();
  }
}
