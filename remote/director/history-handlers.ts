/** Histories of applications: lists, differences, and the way back. */
import { text } from 'node:stream/consumers';
import { ConpaasError } from '../core/contract/errors.ts';
import type { directorHistoryMethods, FileChanges, HistoryChange, HistoryDocument } from '../core/contract/history.ts';
import type { Call, Handlers } from '../core/contract/method.ts';
import { compareVersions, historyDocument } from '../core/history/index.ts';
import { DesiredState } from '../core/service/state.ts';
import type { ReturnParams } from './application-operations.ts';
import type { Director } from './director.ts';

/** Paths shown of each kind of change of files. */
const shownPaths = 500;

export function historyHandlers(
  director: Director,
  startedBy: (call: Call) => { requestedBy: string },
): Handlers<typeof directorHistoryMethods> {
  const { inventory, history, states, secrets, operations, blobs } = director;

  const filesOf = async (listing: string): Promise<Map<string, string> | undefined> => {
    const found = await blobs.open(listing).catch((error: unknown) => {
      if (error instanceof ConpaasError && error.code === 'not_found') return undefined;
      throw error;
    });
    if (!found) return undefined;
    const lines = (await text(found.stream)).split('\n').filter((line) => line !== '');
    return new Map(
      lines.map((line) => {
        const { path, sha256 } = JSON.parse(line) as { path: string; sha256: string };
        return [path, sha256];
      }),
    );
  };

  /** A change of code with the files that differ, where both lists are there. */
  const withFiles = async (
    change: HistoryChange,
    from: HistoryDocument,
    to: HistoryDocument,
  ): Promise<HistoryChange> => {
    if (change.subject !== 'code' || change.change !== 'changed') return change;
    const listing = (document: HistoryDocument) =>
      document.services.find(({ name }) => name === change.service)?.code?.listing;
    const [before, after] = await Promise.all([from, to].map(async (one) => filesOf(listing(one) ?? '')));
    return before && after ? { ...change, files: compareFiles(before, after) } : change;
  };

  return {
    list_history: async ({ application, limit, before }) =>
      history.list(inventory.find(application).id, { limit, before }),
    get_history_version: async ({ application, version }) => history.get(inventory.find(application).id, version),
    diff_history: async ({ application, from, to }) => {
      const { id } = inventory.find(application);
      const before = history.get(id, from);
      const after = to === undefined ? history.newest(id) : history.get(id, to);
      const changes = compareVersions(before.document, after.document);
      const known = new Set(secrets.list(id).map(({ name }) => name));
      const referred = after.document.services.flatMap((service) => [
        ...service.secrets,
        ...(service.password === undefined ? [] : [service.password]),
      ]);
      const state = DesiredState.safeParse(states.get(id)?.document);
      const now = state.success ? historyDocument(state.data).services : [];
      return {
        from: before.version,
        to: after.version,
        changes: await Promise.all(changes.map((change) => withFiles(change, before.document, after.document))),
        missingSecrets: [...new Set(referred)].filter((name) => !known.has(name)).sort(),
        kept: now
          .map(({ name }) => name)
          .filter((name) => !after.document.services.some((service) => service.name === name)),
      };
    },
    return_to_version: async ({ application, version }, call) => {
      const record = inventory.find(application);
      const { document } = history.get(record.id, version);
      return {
        operation: await operations.start<ReturnParams>(
          'return_to_version',
          { application: record.id, name: record.name, version, document },
          startedBy(call),
        ),
      };
    },
  };
}

function compareFiles(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): FileChanges {
  const names = { before: [...before.keys()], after: [...after.keys()] };
  return {
    added: names.after.filter((path) => !before.has(path)).slice(0, shownPaths),
    changed: names.after
      .filter((path) => before.has(path) && before.get(path) !== after.get(path))
      .slice(0, shownPaths),
    removed: names.before.filter((path) => !after.has(path)).slice(0, shownPaths),
  };
}
