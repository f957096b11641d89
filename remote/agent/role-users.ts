/**
 * Unprivileged users for roles, where the agent is root: one number per agent home, service type and role. They need no
 * entry in /etc/passwd. Agents of several applications, and several VMs of the `local` cloud, share one machine: a
 * number is claimed by making the file `<directory>/<number>`, which only one process can, and which names its owner.
 * A claim whose home is gone may be taken over.
 */

import { createHash, randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ConpaasError } from '../core/contract/errors.ts';

/** Claims of the whole machine. */
export const claimsDirectory = '/var/lib/conpaas/uids';

/** 0x30000 up: above what systems give to people, services and systemd's dynamic users. */
const first = 0x30000;
const count = 0xf000;

/**
 * Claims a user for a role of an agent; the same arguments give the same number as long as the home exists.
 * @throws ConpaasError internal when all are taken
 */
export function claimUid(home: string, role: string, directory = claimsDirectory): number {
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  const owner = JSON.stringify({ home, role });
  const start = createHash('sha256').update(owner).digest().readUInt32BE(0) % count;
  for (let step = 0; step < count; step += 1) {
    const uid = first + ((start + step) % count);
    const claim = path.join(directory, String(uid));
    if (create(claim, owner)) {
      forgetAbandoned(directory);
      return uid;
    }
    const holder = readFileSync(claim, 'utf8');
    if (holder === owner) return uid;
    if (isAbandoned(holder)) {
      rmSync(claim, { force: true });
      if (create(claim, owner)) return uid;
    }
  }
  throw new ConpaasError('internal', `All users for hosted programs are taken; see ${directory}.`);
}

/** Makes a whole file, unless there is one. */
function create(file: string, content: string): boolean {
  const temporary = `${file}.${randomBytes(6).toString('hex')}`;
  writeFileSync(temporary, content, { flag: 'wx', mode: 0o644 });
  try {
    linkSync(temporary, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(temporary);
  }
}

/** Claims do not outlive their homes for ever. */
function forgetAbandoned(directory: string): void {
  for (const name of readdirSync(directory)) {
    const claim = path.join(directory, name);
    try {
      if (/^[0-9]+$/.test(name) && isAbandoned(readFileSync(claim, 'utf8'))) rmSync(claim);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error; // another agent was quicker
    }
  }
}

function isAbandoned(holder: string): boolean {
  try {
    return !existsSync((JSON.parse(holder) as { home: string }).home);
  } catch {
    return false; // not ours to judge
  }
}
