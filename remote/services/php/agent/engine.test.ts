import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { NodeContext } from '../../../core/service/agent.ts';
import { makeLog } from './engine.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'engine-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('a log that an agent made, and died before it gave it to the user of the role, is given by the next', async () => {
  const file = path.join(folder, 'access.log');
  const given: string[] = [];
  // Only whom the files are given to matters.
  const context = { uid: 471_200, own: async (target: string) => void given.push(target) } as Partial<NodeContext>;
  await writeFile(file, 'a line\n');
  await makeLog(context as NodeContext, file);
  expect(given).toEqual([file]);
  await rm(file);
  await makeLog(context as NodeContext, file);
  expect(existsSync(file)).toBe(true);
  expect(given).toEqual([file, file]);
});
