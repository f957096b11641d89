#!/usr/bin/env node
// The `conpaas` command of a checkout. Needs no more than Node 20.18; made by the build.
import { existsSync } from 'node:fs';

const command = new URL('../dist/main/cli.mjs', import.meta.url);
if (existsSync(command)) await import(command.href);
else {
  process.stderr.write('conpaas: it is not built yet. Run "npm start" once, or "npm run build".\n');
  process.exitCode = 1;
}
