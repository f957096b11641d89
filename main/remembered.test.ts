import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { ApplicationId } from '../remote/core/contract/ids.ts';
import { firstSight, rememberedFile, rememberedFormat } from './first-sight.ts';
import { forget, RememberedContent, remember } from './remembered.ts';

const deployment = { id: 'd-1', name: 'home', cloud: 'local', user: 'ann', product: '0.1.0', protection: 'keychain' };
const shop = {
  id: ApplicationId.parse('app-shop'),
  name: 'shop',
  state: 'running' as const,
  services: [],
  nodes: { running: 1, wanted: 1 },
  createdAt: 1,
  reportedAt: 2,
};

test('what one window showed, the next one sees; another format it does not', async () => {
  const home = await mkdtemp(path.join(tmpdir(), 'conpaas-remembered-'));
  onTestFinished(() => rm(home, { recursive: true }));
  expect(firstSight(home)).toEqual({ state: 'absent' });
  await writeFile(path.join(home, 'deployments.json'), '{}');
  expect(firstSight(home)).toBeUndefined();
  await remember(home, { deployment, applications: [shop] });
  const sight = { state: 'remembered', deployment, applications: [shop], at: expect.any(Number) };
  expect(firstSight(home)).toEqual(sight);
  for (const damaged of ['', 'null', '[]', JSON.stringify({ ...sight, at: 1, format: 'older' })]) {
    await writeFile(rememberedFile(home), damaged);
    expect(firstSight(home)).toBeUndefined();
  }
  await forget(home);
  expect(firstSight(home)).toBeUndefined();
});

test('the format is that of the schema: write the new one into first-sight.ts', () => {
  const schema = JSON.stringify(z.toJSONSchema(RememberedContent));
  expect(rememberedFormat).toBe(createHash('sha256').update(schema).digest('hex').slice(0, 12));
});
