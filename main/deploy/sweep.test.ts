import { describe, expect, test } from 'vitest';
import type { Tagged } from '../../remote/core/clouds/cloud.ts';
import { judge, type Owners } from './sweep.ts';

const now = 1_000_000_000_000;
const afterMs = 60 * 60_000;
const old = now - 2 * afterMs;

const thing = (more: Partial<Tagged> & { application?: string } = {}): Tagged => {
  const { application = 'app-one', ...rest } = more;
  const tags = { deployment: 'd-one', application, operation: 'op-one' };
  return { kind: 'machine', id: 'i-1', name: 'vm-one', tags, createdAt: old, ...rest };
};
// Has no time of its own.
const network = thing({ kind: 'network', application: '', createdAt: undefined });
const backups = { kind: 'volume', name: 'director-backups', application: '', id: 'vol-1' };
const records = { machines: new Set(['vm-one']), applications: new Map([['app-one', 'Blog']]) };
const known: Owners = { kind: 'deployment', directorVm: 'i-director', records };
const silent: Owners = { kind: 'deployment', directorVm: 'i-director' };
const beginning: Owners = { kind: 'deployment', records };
const abandoned: Owners = { kind: 'abandoned' };

describe('a sweep removes', () => {
  test.each<[string, Tagged, Owners, string]>([
    ['an old machine that no record knows', thing({ name: 'vm-lost' }), known, 'no application has it'],
    ['one of an application that was deleted', thing({ name: 'x', application: 'app-old' }), known, 'no application'],
    ["a second director's machine", thing({ id: 'i-2', application: '' }), known, "not the director's"],
    ['a volume of a deleted application', thing({ kind: 'volume', application: 'app-old' }), known, 'no application'],
    ['an address of a machine that is gone', thing({ kind: 'floating-ip', name: 'vm-lost' }), known, 'no application'],
    [
      "one of a director's machine that never was",
      thing({ kind: 'port', application: '' }),
      known,
      "not the director's",
    ],
    ['what the user says is abandoned', thing({ application: '' }), abandoned, 'abandoned'],
    ['its volumes, attached to a machine that goes too', thing({ kind: 'volume', attachedTo: 'i-1' }), abandoned, 'ab'],
  ])('%s', (_what, given, owners, why) => {
    expect(judge([given], { owners, now, afterMs })).toEqual([
      { ...given, unowned: true, why: expect.stringContaining(why) as string },
    ]);
  });

  test('machines before what they use', () => {
    const things = [network, thing({ kind: 'volume' }), thing()];
    const found = judge(things, { owners: abandoned, now, afterMs });
    expect(found.map(({ kind, unowned }) => [kind, unowned])).toEqual([
      ['machine', true],
      ['volume', true],
      ['network', true],
    ]);
  });
});

describe('a sweep keeps', () => {
  test.each<[string, Tagged, Owners, string]>([
    ['a machine on record', thing(), known, 'of Blog'],
    ["the director's machine", thing({ id: 'i-director', application: '' }), known, "the director's machine"],
    ['it also while its director is silent', thing({ id: 'i-director', application: '' }), silent, 'machine'],
    ["a director's machine while it is set up", thing({ application: '' }), beginning, 'being set up'],
    ['what only a silent director could name', thing({ name: 'vm-lost' }), silent, 'does not answer'],
    ['what is young', thing({ name: 'vm-lost', createdAt: now - afterMs + 1 }), known, 'younger than 60 minutes'],
    ['what is young, even if it is said to be abandoned', thing({ createdAt: now }), abandoned, 'younger'],
    ['what has no age', thing({ name: 'vm-lost', createdAt: undefined }), known, 'how old'],
    ['data of a living application', thing({ kind: 'volume', name: 'data' }), known, 'of Blog'],
    ['the volume with backups of the director', thing(backups), known, 'backups of the director'],
    ['it also while the director is lost', thing(backups), { kind: 'deployment' }, 'backups of the director'],
    ['an attached volume', thing({ kind: 'volume', application: 'app-old', attachedTo: 'i-9' }), known, 'i-9'],
    [
      "the disk that the director's machine has started from",
      thing({ kind: 'volume', application: '', attachedTo: 'i-director' }),
      known,
      'attached to i-director',
    ],
    ['an address of a machine that is being made again', thing({ kind: 'floating-ip' }), known, 'of Blog'],
    ['a young one', thing({ kind: 'port', name: 'vm-lost', createdAt: now - afterMs + 1 }), known, 'younger'],
    ['the network of a deployment that lives', network, known, 'uses it'],
  ])('%s', (_what, given, owners, why) => {
    expect(judge([given], { owners, now, afterMs })).toEqual([
      { ...given, unowned: false, why: expect.stringContaining(why) as string },
    ]);
  });

  test('the network of an abandoned deployment while one of its machines is too young to go', () => {
    const things = [thing({ createdAt: now }), thing({ kind: 'network', createdAt: undefined })];
    expect(judge(things, { owners: abandoned, now, afterMs }).map(({ unowned }) => unowned)).toEqual([false, false]);
  });
});
