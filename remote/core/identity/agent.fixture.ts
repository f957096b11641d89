/** A process for tests that joins and says which files of node-forge were loaded for it. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { joinDirector } from './join.ts';

const { bootstrap, directory } = JSON.parse(process.argv[2] ?? '');
const signal = AbortSignal.timeout(20_000);
await joinDirector({ bootstrap, directory, port: 4000, signal, log: (line) => process.stderr.write(`${line}\n`) });
const loaded = Object.keys(createRequire(import.meta.url).cache);
const forge = loaded.filter((file) => file.includes('node-forge')).map((file) => path.basename(file));
process.stdout.write(JSON.stringify({ forge }));
