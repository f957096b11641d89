/** How the list of applications is looked at: it stays while the user is on other pages. */
import { create } from 'zustand';
import { everything, type Query } from '../applications/query.ts';

interface ApplicationsView {
  readonly query: Query;
  readonly selected: ReadonlySet<string>;
}

export const useApplicationsView = create<ApplicationsView>(() => ({
  query: everything,
  selected: new Set(),
}));

export function changeQuery(change: Partial<Query>): void {
  useApplicationsView.setState(({ query }) => ({ query: { ...query, ...change } }));
}

export function select(ids: Iterable<string>): void {
  useApplicationsView.setState({ selected: new Set(ids) });
}

export function toggleSelected(id: string): void {
  useApplicationsView.setState(({ selected }) => {
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    return { selected: next };
  });
}
