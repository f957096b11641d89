/** Versions of applications, as storing desired states leaves them. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Attribution } from '../core/contract/history.ts';
import { ApplicationId, BlobHash, OperationId, ServiceId } from '../core/contract/ids.ts';
import { type Journal, openJournal } from '../core/journal/index.ts';
import { type DesiredState, emptyService } from '../core/service/state.ts';
import { History, keptVersions } from './history.ts';
import { StateStore } from './states.ts';
import { deleteApplication, migrations } from './store.ts';

let directory: string;
let journal: Journal;
let states: StateStore;
let history: History;
let n: number;
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'director-'));
  journal = openJournal({ path: path.join(directory, 'a.db'), name: 'test', migrations });
  states = new StateStore(journal);
  history = new History(journal);
  n = 0;
});
afterEach(() => {
  journal[Symbol.dispose]();
  rmSync(directory, { recursive: true, force: true });
});

const app = ApplicationId.parse('app-a');
const state = (configuration: Record<string, unknown>, more: Partial<DesiredState> = {}): DesiredState => ({
  schema: 1,
  application: app,
  name: 'a',
  description: '',
  services: [{ ...emptyService(ServiceId.parse('s1'), 'php', 'web'), configuration }],
  nodes: [],
  nextService: 2,
  nextSlot: 1,
  ...more,
});
const by = (operation: string, more: Partial<Attribution> = {}): Attribution => ({
  by: 'ann',
  kind: 'set_configuration',
  title: 'Configure web',
  operation: OperationId.parse(operation),
  ...more,
});
const put = (document: unknown, attribution?: Attribution) => states.put(app, 1, ++n, document, attribution);
const versions = () =>
  history.list(app, { limit: 10 }).map(({ version, operation, changes }) => [version, operation, changes]);

describe('history', () => {
  test('a change is a version with who, when, by which operation, and what is new', async () => {
    const before = Date.now();
    await put(state({}), by('op-1', { kind: 'apply', title: 'Apply the manifest' }));
    await put(state({ memory_limit: '64M' }), by('op-2'));
    expect(history.list(app, { limit: 10 })).toMatchObject([
      { version: 2, by: 'ann', kind: 'set_configuration', title: 'Configure web', operation: 'op-2' },
      { version: 1, by: 'ann', kind: 'apply', changes: ['web: service added (php)'] },
    ]);
    expect(history.list(app, { limit: 1 })[0]?.at).toBeGreaterThanOrEqual(before);
    expect(history.list(app, { limit: 10, before: 2 }).map(({ version }) => version)).toEqual([1]);
    expect(history.get(app, 2).document.services[0]?.configuration).toEqual({ memory_limit: '64M' });
    expect(() => history.get(app, 3)).toThrow('The newest is 2, the oldest that is kept 1');
  });

  test('nodes, names and whether it runs make no version; nor does an empty application', async () => {
    await put(state({}, { services: [] }), by('op-0'));
    expect(versions()).toEqual([]);
    expect(() => history.newest(app)).toThrow('no history yet');
    await put(state({}), by('op-1'));
    await put(state({}, { name: 'b', nextSlot: 7 }), by('op-2'));
    const [web] = state({}).services;
    await put(state({}, { services: web ? [{ ...web, running: true }] : [] }), by('op-3'));
    expect(versions()).toEqual([[1, 'op-1', ['web: service added (php)']]]);
  });

  test('one operation makes one version, and none where it went back', async () => {
    await put(state({ a: 1 }), by('op-1'));
    await put(state({ a: 2 }), by('op-2'));
    await put(state({ a: 2, b: 1 }), by('op-2'));
    expect(versions()).toEqual([
      [2, 'op-2', ['web: configuration a 1 → 2', 'web: configuration b added (1)']],
      [1, 'op-1', ['web: service added (php)']],
    ]);
    await put(state({ a: 1 }), by('op-2'));
    expect(versions()).toEqual([[1, 'op-1', ['web: service added (php)']]]);
    await put(state({ a: 3 }), by('op-3'));
    expect(versions()[0]).toEqual([3, 'op-3', ['web: configuration a 1 → 3']]);
    // Changes that nobody asked for by an operation are each a version of their own.
    await put(state({ a: 4 }));
    await put(state({ a: 5 }));
    expect(history.list(app, { limit: 2 }).map(({ version, by: who }) => [version, who])).toEqual([
      [5, 'conpaas'],
      [4, 'conpaas'],
    ]);
  });

  test('so many are kept, and what the kept ones refer to is in use', async () => {
    const blob = (index: number) => BlobHash.parse(index.toString(16).padStart(64, '0'));
    for (let index = 1; index <= keptVersions + 5; index += 1) {
      const [web] = state({}).services;
      if (web) web.startupScript = { blob: blob(index) };
      await put(state({}, { services: web ? [web] : [] }), by(`op-${index}`));
    }
    const kept = history.list(app, { limit: 200 });
    expect(kept).toHaveLength(keptVersions);
    expect(kept.at(-1)?.version).toBe(6);
    expect(history.blobs().has(blob(6))).toBe(true);
    expect(history.blobs().has(blob(5))).toBe(false);
    await journal.write((db) => deleteApplication(db, app));
    expect(history.blobs().size).toBe(0);
  });

  test('of an application that is older than its history, what it was is the first version', async () => {
    journal[Symbol.dispose]();
    const file = path.join(directory, 'old.db');
    journal = openJournal({ path: file, name: 'test', migrations: migrations.slice(0, 1) });
    journal[Symbol.dispose]();
    const old = new DatabaseSync(file);
    old.prepare('INSERT INTO state VALUES (?, 1, 1, ?)').run(app, JSON.stringify(state({ a: 1 })));
    old.close();
    journal = openJournal({ path: file, name: 'test', migrations });
    states = new StateStore(journal);
    history = new History(journal);
    n = 1;
    await put(state({ a: 2 }), by('op-9'));
    expect(history.list(app, { limit: 10 })).toMatchObject([
      { version: 2, operation: 'op-9', changes: ['web: configuration a 1 → 2'] },
      { version: 1, kind: 'begin', changes: [] },
    ]);
  });

  test('a record that is refused leaves no version', async () => {
    await put(state({ a: 1 }), by('op-1'));
    await expect(states.put(app, 1, 7, state({ a: 9 }), by('op-2'))).rejects.toThrow('cannot be stored');
    expect(versions()).toHaveLength(1);
  });
});
