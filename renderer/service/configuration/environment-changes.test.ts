import { expect, test } from 'vitest';
import { changedEnvironment, changesFrom } from './environment-changes.ts';

test('changes stay apart from what is set, which others may change meanwhile', () => {
  const set = { A: '1', B: '2' };
  const changes = changesFrom(set, { A: '1', B: null, C: '3', D: null });
  expect(changes).toEqual({ B: null, C: '3' });
  expect(changedEnvironment(set, changes)).toEqual({ A: '1', C: '3' });
  expect(changedEnvironment({ ...set, A: 'by another', E: '5' }, changes)).toEqual({ A: 'by another', C: '3', E: '5' });
});
