/**
 * What is known of an application while its manager has not reported (right after a start of the director): which
 * services it should have, and how many nodes. Stored with its desired state.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { ApplicationId } from '../core/contract/ids.ts';
import { DesiredState } from '../core/service/state.ts';

export interface Outline {
  readonly services: readonly { readonly name: string; readonly type: string }[];
  /** Nodes that should run. */
  readonly wanted: number;
}

/** undefined: the document is not a desired state. */
export function outlineOf(document: unknown): Outline | undefined {
  const { success, data } = DesiredState.safeParse(document);
  if (!success) return undefined;
  const running = new Set(data.services.filter((service) => service.running).map(({ id }) => id));
  return {
    services: data.services.map(({ name, type }) => ({ name, type })),
    wanted: data.nodes.filter(({ service }) => running.has(service)).length,
  };
}

export function loadOutlines(database: DatabaseSync): ReadonlyMap<ApplicationId, Outline> {
  const rows = database.prepare('SELECT application, outline FROM state WHERE outline IS NOT NULL').all();
  return new Map(
    rows.map((row) => [row['application'] as ApplicationId, JSON.parse(row['outline'] as string) as Outline]),
  );
}
