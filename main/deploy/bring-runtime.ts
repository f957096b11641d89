/** Brings a director the Node for machines whose processors are others than its own. */
import { architectureOf } from '../../remote/core/clouds/index.ts';
import { toFailure } from '../../remote/core/contract/errors.ts';
import type { Architecture, Runtime } from '../../remote/core/contract/runtimes.ts';
import { digestFile } from '../../remote/core/files/index.ts';
import type { FurtherPlace } from './deployment.ts';
import type { DirectorClient } from './director.ts';
import { sending } from './progress.ts';

export interface BringOptions {
  /** The Node of this desktop for such machines. @throws ConpaasError cloud_failed: it has none */
  runtimeFor(architecture: Architecture): string;
  /** Also where there is one already, of another version: with an upgrade. */
  readonly anew: boolean;
  readonly signal: AbortSignal;
  detail?(text: string): void;
}

/** Whether machines of a cloud may need another Node than their director's. */
export const mayNeedRuntime = ({ kind, settings = {} }: Pick<FurtherPlace, 'kind' | 'settings'>): boolean =>
  architectureOf(kind, settings) !== undefined;

/**
 * Sees to it that machines of a further cloud find their Node at the director. Idempotent.
 * @throws ConpaasError what the director says; cloud_failed: this desktop has no such Node
 */
export async function bringRuntime(
  client: DirectorClient,
  { kind, settings = {} }: Pick<FurtherPlace, 'kind' | 'settings'>,
  { runtimeFor, anew, signal, detail }: BringOptions,
): Promise<void> {
  const architecture = architectureOf(kind, settings);
  if (architecture === undefined) return;
  const there = await runtimesOf(client, signal);
  const present = there?.find((one) => one.architecture === architecture);
  if (!there || present?.own || (present && !anew)) return;
  const file = runtimeFor(architecture);
  if (present && (await digestFile(file, signal)).sha256 === present.sha256) return;
  const text = `Node for ${architecture}`;
  detail?.(text);
  const onProgress = sending((sent) => detail?.(`${text}: ${sent}`));
  await client.upload('upload_runtime', { architecture }, { path: file, name: 'node' }, { signal, onProgress });
}

/** undefined: a director of before, whose machines all have its own. */
async function runtimesOf(client: DirectorClient, signal: AbortSignal): Promise<Runtime[] | undefined> {
  try {
    return await client.call('list_runtimes', {}, { signal });
  } catch (error) {
    if (toFailure(error).code === 'unknown_method') return undefined;
    throw error;
  }
}
