/** What is used of Electron is in the types of the version that is pinned; `checklist.spec.ts` asks the one that runs. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { electronUse } from './members.ts';

const root = path.resolve(import.meta.dirname, '../..');

test('every member of Electron that is used is declared by the pinned version', { timeout: 120_000 }, () => {
  const types = readFileSync(path.join(root, 'node_modules/electron/electron.d.ts'), 'utf8');
  const { devDependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  expect(types.slice(0, 200)).toContain(`Type definitions for Electron ${devDependencies['electron']}`);
  const { imports, members, unknown } = electronUse(root);
  expect(unknown).toEqual([]);
  for (const name of imports) expect(types).toMatch(new RegExp(`^ +(const|class|export import) ${name}\\b`, 'm'));
  // That the sources were understood.
  expect(imports).toContain('safeStorage');
  expect(members.get('App')).toContain('requestSingleInstanceLock');
  expect(members.get('BrowserWindow')).toContain('getNormalBounds');
  expect(members.get('IpcRenderer')).toContain('invoke');
});
