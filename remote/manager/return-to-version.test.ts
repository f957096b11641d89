import { describe, expect, test } from 'vitest';
import type { HistoryDocument } from '../core/contract/history.ts';
import { historyDocument } from '../core/history/index.ts';
import type { DesiredState } from '../core/service/state.ts';
import { versionOf } from '../core/service/version.fixture.ts';
import { node, service, specs, state } from './fixtures.ts';
import { changeTo, restore } from './return-to-version.ts';

const options = { operation: 'op-return', packed: 'first', now: 1 };
const web = () =>
  service('web', 'web', {
    configuration: { size: 2 },
    environment: { A: '2' },
    versions: [versionOf('v1', '1'), versionOf('v2', '2')],
    activeVersion: 'v2',
    nextVersion: 3,
    nextNode: { back: 3 },
  });
const now = (): DesiredState =>
  state(
    [web(), service('store', 'store')],
    [node('web-back-1', 'web', 'back', { version: 'v2' }), node('web-back-2', 'web', 'back', { version: 'v2' })],
  );
/** What it was: older code and configuration. */
const then = (): HistoryDocument => {
  const old = now();
  const [own] = old.services;
  if (own) Object.assign(own, { activeVersion: 'v1', configuration: { size: 1 }, environment: { A: '1' } });
  return historyDocument(old);
};

describe('returning to a version', () => {
  test('configuration is changed at once, code is left to the switch; again it is the same', () => {
    const changed = now();
    expect(changeTo(changed, then(), specs, options)).toEqual({ web: 'v1' });
    expect(changed.services[0]).toMatchObject({
      configuration: { size: 1 },
      environment: { A: '1' },
      activeVersion: 'v2',
    });
    expect(changed.nodes.map(({ version }) => version)).toEqual(['v2', 'v2']);
    const once = structuredClone(changed);
    expect(changeTo(changed, then(), specs, options)).toEqual({ web: 'v1' });
    expect(changed).toEqual(once);
  });

  test('a code version that was deleted is put back under its own id', () => {
    const changed = now();
    const [own] = changed.services;
    if (own) own.versions = own.versions.slice(1);
    expect(changeTo(changed, then(), specs, options)).toEqual({ web: 'v1' });
    expect(changed.services[0]?.versions.map(({ id }) => id)).toEqual(['v1', 'v2']);
  });

  test('in a service that was made anew, the same id may be other code: it gets the next one', () => {
    const changed = now();
    const [own] = changed.services;
    if (own) Object.assign(own, { versions: [versionOf('v1', '9')], activeVersion: 'v1', nextVersion: 2 });
    expect(changeTo(changed, then(), specs, options)).toEqual({ web: 'v2' });
    expect(changed.services[0]?.versions.map(({ id, blob: of }) => [id, of[0]])).toEqual([
      ['v1', '9'],
      ['v2', '1'],
    ]);
  });

  test('to before there was code: the nodes serve none', () => {
    const document = then();
    const [own] = document.services;
    delete own?.code;
    const changed = now();
    expect(changeTo(changed, document, specs, options)).toEqual({});
    expect(changed.services[0]?.activeVersion).toBeUndefined();
    expect(changed.services[0]?.previousVersion).toBe('v2');
    expect(changed.nodes.every(({ version }) => version === undefined)).toBe(true);
  });

  test('services that came since stay; those that went come again, empty, with the nodes of their kind', () => {
    const document = then();
    const changed = now();
    changed.services = [service('late', 'store'), ...changed.services.filter(({ name }) => name !== 'web')];
    changed.nodes = [];
    expect(changeTo(changed, document, specs, options)).toEqual({});
    expect(changed.services.map(({ name }) => name)).toEqual(['late', 'store', 'web']);
    const made = changed.services.at(-1);
    expect(made).toMatchObject({ type: 'web', running: true, activeVersion: 'v1' });
    expect(changed.nodes.length).toBeGreaterThan(0);
    expect(changed.nodes.every(({ service: of, version }) => of === made?.id && version === 'v1')).toBe(true);
  });

  test('what fails is undone wholly', () => {
    const before = now();
    const changed = structuredClone(before);
    changed.services = changed.services.filter(({ name }) => name !== 'store');
    const remembered = structuredClone({ description: changed.description, services: changed.services });
    const expected = structuredClone(changed);
    changeTo(changed, { ...then(), description: 'then' }, specs, options);
    for (const one of changed.nodes) if (one.id === 'web-back-1') one.version = 'v1';
    restore(changed, remembered, options.operation);
    expect({ ...changed, nextService: 0, nextSlot: 0 }).toEqual({ ...expected, nextService: 0, nextSlot: 0 });
  });

  test('a name that is another type now is refused', () => {
    const changed = now();
    const [own] = changed.services;
    if (own) own.type = 'store';
    expect(() => changeTo(changed, then(), specs, options)).toThrow('web was a web service then');
  });
});
