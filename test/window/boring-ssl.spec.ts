/** Vault, authority and first contact in Electron's own Node, whose cryptography is another than that of the tests' Node. */
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { plainSshPlugin } from '../../scripts/build/plugins.mjs';
import { expect, test } from './fixture.ts';

test('vault, exports, authority and SSH work inside Electron', async ({ playwright: _playwright }, info) => {
  test.slow();
  const bundle = info.outputPath('in-electron.mjs');
  await build({
    entryPoints: [path.join(import.meta.dirname, 'in-electron.ts')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    plugins: [plainSshPlugin()], // as our own bundles
    banner: { js: "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);" },
  });
  const electron = createRequire(import.meta.url)('electron') as string;
  const { stdout } = await promisify(execFile)(electron, [bundle], {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
  });
  const said = JSON.parse(stdout) as { electron?: string; openssl?: string; done: string[] };
  expect(said.electron).toBeDefined();
  expect(said.done).toEqual([
    'keyfile',
    'passphrase',
    'keychain',
    'backup',
    'recipient',
    'authority',
    'pkcs12',
    'contact',
  ]);
});
