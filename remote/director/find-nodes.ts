/**
 * Nodes of all applications by words: read from the desired states on disk, some applications at a time, so that
 * nothing of them stays in memory and others are served between.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { z } from 'zod';
import type { FoundNode } from '../core/contract/application.ts';
import { ApplicationId, NodeId } from '../core/contract/ids.ts';
import type { Journal } from '../core/journal/index.ts';

export interface FindNodesOptions {
  /** Words, each of which is part of the id of a node, of its service's name, or of its application's. */
  readonly text: string;
  readonly limit: number;
  /** Name of an application; undefined: it is gone. */
  applicationName(id: ApplicationId): string | undefined;
  readonly signal: AbortSignal;
}

/** Applications that are looked at before others are served. */
const applicationsAtOnce = 100;

/** What counts of a desired state here; one that is none has no nodes. */
const Nodes = z.object({
  services: z.array(z.object({ id: z.string(), name: z.string() })),
  nodes: z.array(z.object({ id: NodeId, service: z.string(), role: z.string() })),
});

/** The first that match, by application. */
export async function findNodes(journal: Journal, options: FindNodesOptions): Promise<FoundNode[]> {
  const { limit, applicationName, signal } = options;
  const words = options.text.toLowerCase().split(/\s+/).filter(Boolean);
  const found: FoundNode[] = [];
  for (let after = ''; ; ) {
    const rows = journal.read((database) =>
      database
        .prepare('SELECT application, document FROM state WHERE application > ? ORDER BY application LIMIT ?')
        .all(after, applicationsAtOnce),
    );
    for (const row of rows) {
      const application = ApplicationId.parse(row['application']);
      const name = applicationName(application);
      if (name === undefined) continue;
      const document = row['document'] as string;
      for (const node of nodesOf(document, name, words)) {
        found.push({ application, name, ...node });
        if (found.length >= limit) return found;
      }
    }
    if (rows.length < applicationsAtOnce) return found;
    after = rows.at(-1)?.['application'] as string;
    await turn();
    signal.throwIfAborted();
  }
}

function nodesOf(
  document: string,
  application: string,
  words: readonly string[],
): Pick<FoundNode, 'node' | 'service' | 'role'>[] {
  const own = application.toLowerCase();
  const left = words.filter((word) => !own.includes(word));
  // Most documents have nothing of what is sought: these are never parsed.
  const text = left.length > 0 ? document.toLowerCase() : '';
  if (left.some((word) => !text.includes(word))) return [];
  const { success, data } = Nodes.safeParse(JSON.parse(document));
  if (!success) return [];
  const names = new Map(data.services.map(({ id, name }) => [id, name]));
  return data.nodes
    .map(({ id, service, role }) => ({ node: id, service: names.get(service) ?? service, role }))
    .filter(({ node, service }) => left.every((word) => `${node} ${service}`.toLowerCase().includes(word)));
}
