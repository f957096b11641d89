/**
 * `node scripts/dist/check-release.mjs [directory]`: refuses to release what must not be released: anything built with the
 * Electron for tests, or with fuses that are not set. Whoever publishes runs it first.
 */
import path from 'node:path';
import { root } from '../setup/run.mjs';
import { electronInstalled } from './electron-version.mjs';
import { objections } from './objections.ts';

const found = await objections(path.resolve(process.argv[2] ?? path.join(root, 'release')), electronInstalled());
for (const objection of found) console.error(`not to be released: ${objection}`);
process.exitCode = found.length === 0 ? 0 : 1;
