/** The Node of this release in an image of machines, which then need not be brought it: that is nearly all they are brought. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { programsDirectory } from '../../remote/core/clouds/machines/layout.ts';
import { digestFile } from '../../remote/core/files/index.ts';
import type { RootEntry } from './extended-root.ts';

/** What the first script of a machine (`clouds/machines/user-data.ts`) looks for. @param runtime path of the Node */
export async function runtimeEntries(runtime: string, signal: AbortSignal): Promise<RootEntry[]> {
  const directory = programsDirectory.slice(1);
  const { size } = await stat(runtime);
  const digest = Buffer.from((await digestFile(runtime, signal)).sha256);
  return [
    { name: directory, mode: 0o755 },
    { name: `${directory}/node`, mode: 0o755, content: { size, read: () => createReadStream(runtime) } },
    {
      name: `${directory}/node.sha256`,
      mode: 0o644,
      content: { size: digest.length, read: () => Readable.from([digest]) },
    },
  ];
}
