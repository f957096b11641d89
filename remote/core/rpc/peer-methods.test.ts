import { describe, expect, test } from 'vitest';
import { done, method, nothing } from '../contract/method.ts';
import { createPeerMethods } from './peer-methods.ts';

const declared = (since: number) =>
  method({ kind: 'query', params: nothing, result: done, callers: ['user'], since, doc: 'For tests.' });

describe('methods of a peer', () => {
  test('those of the first version are everywhere: nobody is asked', async () => {
    const peer = createPeerMethods(() => Promise.reject(new Error('asked')));
    await peer.ensure('old', declared(1), undefined);
    await peer.ensure('not-declared', undefined, undefined);
  });

  test('a newer one is asked for once, and never sent to a peer that does not list it', async () => {
    let methods = ['old'];
    let asked = 0;
    const peer = createPeerMethods(async () => {
      asked += 1;
      return methods;
    });
    await expect(peer.ensure('fresh', declared(2), undefined)).rejects.toThrow(/older than this program.*fresh/);
    methods = ['old', 'fresh'];
    await peer.ensure('fresh', declared(2), undefined);
    await peer.ensure('fresh', declared(2), undefined);
    expect(asked).toBe(2);
  });
});
