import { create } from 'zustand';
import type { ApplicationSummary } from '../../remote/core/contract/application.ts';

interface ApplicationsStore {
  readonly byId: ReadonlyMap<string, ApplicationSummary>;
  /** Whether the full list was read. */
  readonly loaded: boolean;
}

export const useApplications = create<ApplicationsStore>(() => ({ byId: new Map(), loaded: false }));

export function replaceApplications(all: readonly ApplicationSummary[]): void {
  useApplications.setState({ byId: new Map(all.map((summary) => [summary.id, summary])), loaded: true });
}

export function changeApplications(changed: readonly ApplicationSummary[], removed: readonly string[]): void {
  useApplications.setState(({ byId }) => {
    const next = new Map(byId);
    for (const summary of changed) next.set(summary.id, summary);
    for (const id of removed) next.delete(id);
    return { byId: next };
  });
}

/** Another director is shown: nothing is known of it yet. */
export function forgetApplications(): void {
  useApplications.setState({ byId: new Map(), loaded: false });
}
