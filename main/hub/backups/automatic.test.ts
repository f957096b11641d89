import { expect, test } from 'vitest';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import { openAutomaticBackups } from './automatic.ts';

const minute = 60_000;

function setUp() {
  const world = { now: 0, ready: ['d-one'], changed: true, failure: undefined as ConpaasError | undefined };
  const taken: string[] = [];
  const said: string[] = [];
  const take = (id: string) => {
    if (world.failure) throw world.failure;
    taken.push(`${id} at ${world.now / minute}`);
    world.changed = false;
    return { id };
  };
  const automatic = openAutomaticBackups({
    ready: async () => world.ready,
    backUp: async (id) => take(id),
    backUpChanges: async (id) => (world.changed ? take(id) : undefined),
    log: (line) => said.push(line),
    now: () => world.now,
  });
  const at = async (minutes: number): Promise<void> => {
    world.now = minutes * minute;
    await automatic.look();
  };
  return { world, taken, said, automatic, at };
}

test('what has changed is backed up at once, and then every ten minutes at most', async () => {
  const { world, taken, automatic, at } = setUp();
  await using _automatic = automatic;
  await at(0);
  world.changed = true;
  await at(1);
  await at(9);
  await at(10);
  // Nothing changes for long; then the first change need not wait.
  await at(30);
  world.changed = true;
  await at(31);
  expect(taken).toEqual(['d-one at 0', 'd-one at 10', 'd-one at 31']);
});

test('a director that is not there is left alone', async () => {
  const { world, taken, automatic, at } = setUp();
  await using _automatic = automatic;
  world.ready = [];
  await at(0);
  expect(taken).toEqual([]);
});

test('a failure is told until the next attempt, which is the next look', async () => {
  const { world, taken, said, automatic, at } = setUp();
  await using _automatic = automatic;
  world.failure = new ConpaasError('disk_full', 'There is no room.');
  await at(0);
  expect(automatic.of('d-one')).toMatchObject({ underWay: false, failure: { code: 'disk_full' } });
  expect(said).toEqual(['backup of d-one: There is no room.']);
  const never = new AbortController().signal;
  await expect(automatic.backUpNow('d-one', never)).rejects.toThrow('There is no room.');
  world.failure = undefined;
  await at(1);
  expect(automatic.of('d-one').failure).toBeUndefined();
  expect(taken).toEqual(['d-one at 1']);
  await automatic.backUpNow('d-one', never);
  expect(taken).toHaveLength(2);
});
