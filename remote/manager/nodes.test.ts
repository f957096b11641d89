import { describe, expect, test } from 'vitest';
import { node, service, specs, state } from './fixtures.ts';
import { addNodes, checkCounts, chooseRemoval, findService, slug } from './nodes.ts';

const options = { operation: 'op-1', now: 5 };
const spec = specs['web'];
if (!spec) throw new Error('no spec');

describe('nodes', () => {
  test('+1 means one more, on a machine of its own; ids are never used again', () => {
    const web = service('s1', 'web', { activeVersion: 'v3', nextNode: { back: 2 } });
    const desired = state([web], [node('s1-back-1', 's1', 'back')]);
    expect(addNodes(desired, web, { back: 1 }, options)).toMatchObject([
      { id: 's1-back-2', slot: 'm2', version: 'v3' },
    ]);
    desired.nodes.pop();
    expect(addNodes(desired, web, { back: 1 }, options)).toMatchObject([{ id: 's1-back-3', slot: 'm3' }]);
  });

  test('packed: the first of each role shares the machine, more of a role get their own', () => {
    const web = service('s1', 'web');
    const desired = state([web], []);
    const added = addNodes(desired, web, { front: 1, back: 2 }, { ...options, packed: 'first' });
    expect(added.map(({ slot }) => slot)).toEqual(['first', 'first', 'm2']);
  });

  test('on another cloud than the application: the first of each role shares a machine there, with others of that cloud', () => {
    const web = service('s1', 'web', { cloud: 'attic' });
    const store = service('s2', 'store', { cloud: 'attic' });
    const home = service('s3', 'store', { cloud: 'cellar' });
    const desired = state([web, store, home], []);
    const packed = { ...options, packed: 'first', home: 'cellar' };
    const slots = (one: typeof web, counts: Record<string, number>) =>
      addNodes(desired, one, counts, packed).map(({ slot }) => slot);
    expect(slots(web, { front: 1, back: 2 })).toEqual(['on-attic', 'on-attic', 'm2']);
    expect(slots(store, { data: 1 })).toEqual(['on-attic']);
    expect(slots(home, { data: 1 })).toEqual(['first']);
  });

  test('spread: each has a machine of its own, the first too', () => {
    const web = service('s1', 'web');
    const desired = { ...state([web], []), placement: 'spread' as const };
    const added = addNodes(desired, web, { front: 1, back: 2 }, { ...options, packed: 'first' });
    expect(new Set(added.map(({ slot }) => slot)).size).toBe(3);
    expect(added.map(({ slot }) => slot)).not.toContain('first');
  });

  test('limits and unknown names are told with what there is', () => {
    const web = service('s1', 'web');
    const desired = state([web], [node('s1-back-1', 's1', 'back')]);
    expect(() => checkCounts(spec, desired, web, { back: 4 })).toThrow(/at most 4 back/);
    expect(() => checkCounts(spec, desired, web, { bakc: 1 })).toThrow(/no role "bakc".*front, back/);
    expect(() => findService(desired, 'wbe')).toThrow(/no service "wbe".*s1/);
  });

  test('removal takes the newest, keeps the minimum, and moves what is named by id', () => {
    const web = service('s1', 'web');
    const desired = state([web], [node('a', 's1', 'back'), node('b', 's1', 'back'), node('c', 's1', 'front')]);
    const chosen = chooseRemoval(spec, desired, web, { nodes: { back: 1 } });
    expect(chosen.remove.map(({ id }) => id)).toEqual(['b']);
    expect(() => chooseRemoval(spec, desired, web, { nodes: { back: 2 } })).toThrow(/keep at least 1 back/);
    expect(chooseRemoval(spec, desired, web, { ids: ['c'] }).replace).toEqual({ front: 1 });
    expect(() => chooseRemoval(spec, desired, web, { ids: ['x'] })).toThrow(/no node "x"/);
    expect(() => chooseRemoval(spec, desired, web, {})).toThrow(/which nodes/);
  });

  test.each([
    ['My Shop', 'my-shop'],
    ['Ünïcode!', 'unicode'],
    ['42', 's-42'],
  ])('a name becomes part of an id: %s', (name, expected) => {
    expect(slug(name)).toBe(expected);
  });
});
