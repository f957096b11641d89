/**
 * Releases on this machine: `<releases>/<id>/` with the bundles that are needed of it. A file is there whole or not at all,
 * and never changes; an earlier release stays for the way back.
 */
import { createWriteStream, existsSync } from 'node:fs';
import { chmod, copyFile, link, mkdir, open, rename, rm, stat, utimes } from 'node:fs/promises';
import https from 'node:https';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { ConpaasError } from '../core/contract/index.ts';
import { incoming, type Program } from '../core/contract/release.ts';
import { digestFile, syncDirectory } from '../core/files/index.ts';

export interface ReleaseStore {
  /** Directory of releases. */
  readonly releases: string;
  /** What this machine was made with: files of a release may be among them. */
  readonly bundles: string;
}

export interface Source {
  readonly host: string;
  readonly port: number;
}

/** Of a fetch that stalls, and between two that failed, milliseconds. */
const idleMs = 30_000;
const pauseMs = 1000;

/** Of a machine: releases lie beside what it was made with. */
export function storeOf(bundles: string): ReleaseStore {
  return { releases: path.join(bundles, 'releases'), bundles };
}

export function directoryOf({ releases }: ReleaseStore, release: string): string {
  return path.join(releases, release);
}

/** The Node of a release: its own, that of the machine, or where a local host plays the machines the one it runs on itself. */
export function nodeOf(store: ReleaseStore, release: string): string {
  const places = [directoryOf(store, release), store.bundles].map((directory) => path.join(directory, 'node'));
  return places.find((place) => existsSync(place)) ?? process.execPath;
}

/**
 * Makes sure that the files of a program are here: as they are, from what the machine was made with, or from the director.
 * @param source where the director is; undefined: nobody can be asked
 * @throws ConpaasError not_found: nobody has them; checksum_mismatch; what `signal` was aborted with
 */
export async function ensureFiles(
  store: ReleaseStore,
  { release, files }: Program,
  source: Source | undefined,
  signal: AbortSignal,
): Promise<void> {
  const directory = directoryOf(store, release);
  await mkdir(directory, { recursive: true, mode: 0o755 });
  await touch(directory);
  for (const [name, sha256] of Object.entries(files)) {
    const file = path.join(directory, name);
    if (await isThere(file)) continue; // it came into place whole, after it was checked
    const temporary = `${file}.${process.pid}.new`;
    try {
      await bring({ store, temporary, name, sha256, source, signal });
      if (name === 'node') await chmod(temporary, 0o755);
      await sync(temporary);
      await rename(temporary, file);
    } finally {
      await rm(temporary, { force: true });
    }
    await syncDirectory(directory);
  }
}

async function bring(how: {
  readonly store: ReleaseStore;
  readonly temporary: string;
  readonly name: string;
  readonly sha256: string;
  readonly source: Source | undefined;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { store, temporary, name, sha256, source, signal } = how;
  const own = path.join(store.bundles, name);
  for (const base of [own, path.join(directoryOf(store, incoming), name)]) {
    if (!(await isThere(base)) || (await digestFile(base, signal)).sha256 !== sha256) continue;
    if (name === 'node' && base === own) {
      // A hundred megabytes: the same file under another name. What a machine was made with is never written to.
      await link(base, temporary);
      return;
    }
    await copyFile(base, temporary);
    if ((await digestFile(temporary, signal)).sha256 === sha256) return; // else it is being built anew just now
  }
  if (!source) throw new ConpaasError('not_found', `The program ${name} of that release is not on this machine.`);
  for (;;) {
    const found = await fetchProgram(source, sha256, temporary, signal);
    if (found === 'there') break;
    if (found === 'nowhere') throw new ConpaasError('not_found', `The director does not have this ${name}.`);
    await delay(pauseMs, undefined, { signal });
  }
  if ((await digestFile(temporary, signal)).sha256 === sha256) return;
  throw new ConpaasError('checksum_mismatch', `What the director gave as ${name} is another file.`);
}

/** One attempt. The digest decides what the file is, so the certificate of whoever gives it need not be known. */
function fetchProgram(
  { host, port }: Source,
  sha256: string,
  file: string,
  signal: AbortSignal,
): Promise<'there' | 'nowhere' | 'later'> {
  const body = JSON.stringify({ sha256 });
  return new Promise((resolve, reject) => {
    const request = https.request({
      ...{ host, port, method: 'POST', path: '/v1/get_program', rejectUnauthorized: false, timeout: idleMs, signal },
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    });
    const later = (): void => (signal.aborted ? reject(signal.reason) : resolve('later'));
    request.on('timeout', () => request.destroy());
    request.on('error', later);
    request.on('response', (answer) => {
      if (answer.statusCode === 200) {
        pipeline(answer, createWriteStream(file)).then(() => resolve('there'), later);
        return;
      }
      answer.resume();
      resolve(answer.statusCode === 404 ? 'nowhere' : 'later');
    });
    request.end(body);
  });
}

/** It is wanted now: nobody tidies it up. */
async function touch(directory: string): Promise<void> {
  const now = new Date();
  await utimes(directory, now, now);
}

async function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

async function sync(file: string): Promise<void> {
  await using handle = await open(file, 'r');
  await handle.sync();
}
