import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ApplicationId } from '../core/contract/ids.ts';
import { type Journal, openJournal } from '../core/journal/index.ts';
import { findNodes } from './find-nodes.ts';
import { StateStore } from './states.ts';
import { migrations } from './store.ts';

let directory: string;
let journal: Journal;
const names = new Map<string, string>();

beforeEach(async () => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'director-'));
  journal = openJournal({ path: path.join(directory, 'a.db'), name: 'test', migrations });
  names.clear();
  const states = new StateStore(journal);
  const put = (index: number) => {
    const id = ApplicationId.parse(`app-${String(index).padStart(4, '0')}`);
    names.set(id, `shop-${index}`);
    const services = [{ id: 's1', name: 'web' }];
    const nodes = ['proxy-1', 'backend-1', 'backend-2'].map((node) => ({
      id: `web-${node}`,
      service: 's1',
      role: node.split('-')[0],
    }));
    return states.put(id, 1, 1, { services, nodes });
  };
  await Promise.all(Array.from({ length: 450 }, (_, index) => put(index)));
  await states.put(ApplicationId.parse('app-none'), 1, 1, { anything: 'shop-449 web-backend-2' });
  names.set('app-none', 'no state');
  // The record of one that was deleted may outlive it for a moment.
  names.delete('app-0007');
});
afterEach(() => {
  journal[Symbol.dispose]();
  rmSync(directory, { recursive: true, force: true });
});

const find = async (text: string, limit = 50) => {
  const applicationName = (id: string) => names.get(id);
  const found = await findNodes(journal, { text, limit, applicationName, signal: AbortSignal.timeout(10_000) });
  return found.map(({ name, node }) => `${node} of ${name}`);
};

test.each([
  { text: 'shop-449 web-backend-2', found: ['web-backend-2 of shop-449'] },
  { text: 'BACKEND-1  shop-123', found: ['web-backend-1 of shop-123'] },
  {
    text: 'shop-321',
    found: ['web-proxy-1 of shop-321', 'web-backend-1 of shop-321', 'web-backend-2 of shop-321'],
  },
  { text: 'shop-7 proxy', limit: 2, found: ['web-proxy-1 of shop-70', 'web-proxy-1 of shop-71'] },
  { text: 'shop-449 database', found: [] },
])('$text', async ({ text, limit, found }) => {
  expect(await find(text, limit)).toEqual(found);
});

test('no more than wanted are found, and whoever does not wait any longer is not served', async () => {
  expect(await find('', 20)).toHaveLength(20);
  expect(await find('web', 10_000)).toHaveLength(449 * 3);
  const applicationName = (id: string) => names.get(id);
  const gone = AbortSignal.abort(new Error('gone'));
  await expect(findNodes(journal, { text: 'nowhere', limit: 1, applicationName, signal: gone })).rejects.toThrow(
    'gone',
  );
});
