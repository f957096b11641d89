/**
 * Pebble, Let's Encrypt's ACME server for tests, and its DNS server: built from the Go module proxy into `.cache/pebble`
 * where Go is. The tests of certificates then have it as their peer; without it, a stand-in of theirs.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { root, run } from './run.mjs';

/** Checked by Go against the public checksum database. Source: https://github.com/letsencrypt/pebble/releases */
const version = 'v2.7.0';
const programs = ['pebble', 'pebble-challtestsrv'];
const directory = path.join(root, '.cache', 'pebble');

/** Where Go may be. */
const compilers = ['/usr/local/go/bin/go', '/usr/bin/go', '/usr/lib/go/bin/go'];

/** Builds it unless it is there. @returns whether it is there now */
export async function ensurePebble() {
  const mark = path.join(directory, 'version');
  if (existsSync(mark) && (await readFile(mark, 'utf8')) === version) return true;
  const go = compilers.find((candidate) => existsSync(candidate));
  if (go === undefined) {
    console.log('Go is not here, so ACME is tried with a stand-in for an authority.');
    return false;
  }
  console.log(`Building Pebble ${version} (a minute, once)`);
  const fresh = `${directory}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  const packages = programs.map((name) => `github.com/letsencrypt/pebble/v2/cmd/${name}@${version}`);
  const code = await run(go, ['install', ...packages], { env: { GOBIN: fresh } });
  if (code !== 0) {
    console.log('Pebble could not be built, so ACME is tried with a stand-in for an authority.');
    return false;
  }
  await writeFile(path.join(fresh, 'version'), version);
  await rm(directory, { recursive: true, force: true });
  await rename(fresh, directory);
  return true;
}
