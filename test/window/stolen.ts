/** What a thief of the desktop's data directory has, and what must not be in it. */
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { expect } from '@playwright/test';
import { openVault } from '../../main/vault/index.ts';
import { testPassphrase } from './home.ts';

/** What must be in no file: lines of private keys, whatever form they are kept in, and passphrases. */
export async function secretsOf(dataDirectory: string): Promise<string[]> {
  using vault = await openVault(dataDirectory, { kind: 'passphrase', passphrase: testPassphrase });
  const keys = Object.values(await vault.all()).flatMap((value) => value.match(/[A-Za-z0-9+/]{60,}/g) ?? []);
  expect(keys.length).toBeGreaterThan(20);
  return [...keys, testPassphrase];
}

/** Every file of the desktop; machines of the local cloud (`deployments/<id>/cloud`) are machines, not the desktop. */
export async function filesOf(directory: string): Promise<string[]> {
  const names = await readdir(directory, { recursive: true });
  const files: string[] = [];
  for (const name of names) {
    if (/^(deployments\/[^/]+\/cloud|spool)\//.test(name)) continue;
    const file = path.join(directory, name);
    if ((await stat(file).catch(() => undefined))?.isFile()) files.push(file);
  }
  return files;
}

/** Every file as it is now. */
export async function contentsOf(directory: string): Promise<ReadonlyMap<string, string>> {
  const files = await filesOf(directory);
  return new Map(await Promise.all(files.map(async (file) => [file, await readFile(file, 'latin1')] as const)));
}
