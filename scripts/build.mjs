/**
 * Builds everything into dist/: the bundles that run on machines, the desktop's own processes, the window, and the
 * documents made from the contract. Nothing is done when no input has changed since the last build.
 *
 *   node scripts/build.mjs [--force]
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { common, nodeBundle, remoteBundles, root } from './build/bundle.mjs';
import { firstPagePlugin } from './build/plugins.mjs';
import { contractVersionOf, releaseDefines, writeRelease } from './build/release.mjs';
import { generate } from './generate.mjs';
import { manifestValidatorPlugin } from './manifest-validator.mjs';

const dist = join(root, 'dist');
const stamp = join(dist, '.build-stamp');

/** What is sent to every machine must stay small. The director's is sent once, and it may use what it likes. */
const megabyte = 1024 * 1024;
const sizeCaps = { host: 2 * megabyte, manager: 2 * megabyte, agent: 2 * megabyte };

/** What the window loads for its first page. */
const firstEntries = ['renderer/main.tsx', 'renderer/pages/applications.tsx'];

/** Every bundle: its entry (skipped while the file does not exist) and the options of esbuild. */
const bundles = [
  ...remoteBundles('dist/remote'),
  nodeBundle('main/cli/main.ts', 'dist/main/cli.mjs', { target: 'node20' }),
  nodeBundle('main/hub/entry.ts', undefined, {
    target: 'node20',
    // What drives clouds and opens their machines is half of it, and loaded by those who have any. All lies side by side:
    // the hub finds what is beside it by its own place.
    splitting: true,
    outdir: 'dist/main',
    outExtension: { '.js': '.mjs' },
    entryNames: 'hub',
    chunkNames: 'hub-[name]-[hash]',
  }),
  nodeBundle('main/electron/main.ts', undefined, {
    target: 'node20',
    external: ['electron'],
    // What a start does not need, as the updater, is loaded when it is first asked for.
    splitting: true,
    outdir: 'dist/main/electron',
    outExtension: { '.js': '.mjs' },
    entryNames: '[name]',
    chunkNames: '[name]-[hash]',
  }),
  nodeBundle('main/preload.ts', 'dist/main/preload.cjs', {
    target: 'node20',
    format: 'cjs',
    banner: {},
    external: ['electron'],
  }),
  {
    entry: 'renderer/main.tsx',
    options: {
      ...common,
      entryPoints: ['renderer/main.tsx'],
      outdir: 'dist/renderer',
      format: 'esm',
      platform: 'browser',
      target: 'chrome130',
      splitting: true,
      keepNames: false,
      minify: true,
      jsx: 'automatic',
      define: { 'process.env.NODE_ENV': '"production"' },
      plugins: [manifestValidatorPlugin(root), firstPagePlugin(root, firstEntries)],
      entryNames: '[name]',
      chunkNames: 'chunks/[name]-[hash]',
      assetNames: 'assets/[name]-[hash]',
      // Files of their own: the content security policy of the window allows no data: fonts or images.
      loader: Object.fromEntries(['.woff', '.woff2', '.ttf', '.png', '.svg', '.jpg', '.webp'].map((e) => [e, 'file'])),
    },
  },
];

/** Paths of all files below `directory`, sorted, relative to the root; tests are no input of a build. */
function filesBelow(directory) {
  if (!existsSync(join(root, directory))) return [];
  return readdirSync(join(root, directory), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

/** Of every bundle. */
const inputs = ['package-lock.json', 'tsconfig.json', ...filesBelow('scripts/build')];

/** SHA-256 over the names and contents of all inputs. */
const hashOfInputs = () =>
  hashOf([
    'package.json',
    'scripts/build.mjs',
    'scripts/generate.mjs',
    'scripts/generate-documents.ts',
    'scripts/manifest-validator.mjs',
    'manifests/conpaas-manifest.schema.json',
    ...inputs,
    ...['main', 'remote', 'renderer'].flatMap(filesBelow),
  ]);

/**
 * What this is a build of, for what runs on machines: other sources of the window make no newer director. Short enough for
 * people to compare.
 */
function releaseOfInputs() {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return {
    version,
    build: hashOf([...inputs, ...filesBelow('remote')]).slice(0, 12),
    contract: contractVersionOf(root),
  };
}

function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files) {
    if (!existsSync(join(root, file))) continue;
    const content = readFileSync(join(root, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/** Whether the last build was made of the same inputs and all its files are still there. */
function isFresh(hash) {
  try {
    const last = JSON.parse(readFileSync(stamp, 'utf8'));
    return last.hash === hash && last.outputs.every((path) => existsSync(join(root, path)));
  } catch {
    return false; // no stamp, or one that cannot be read: build
  }
}

function megabytes(bytes) {
  return `${(bytes / megabyte).toFixed(2)} MB`;
}

/** Throws when a bundle for machines is over its cap, and names what makes it so large. */
function checkSizes(results) {
  for (const [output, { bytes, inputs }] of Object.entries(
    Object.assign({}, ...results.map((r) => r.metafile.outputs)),
  )) {
    const cap = sizeCaps[/^dist\/remote\/([a-z]+)\.mjs$/.exec(output)?.[1] ?? ''];
    if (cap === undefined || bytes <= cap) continue;
    const perPackage = new Map();
    for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
      const name = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? 'our own code';
      perPackage.set(name, (perPackage.get(name) ?? 0) + bytesInOutput);
    }
    const largest = [...perPackage].sort((a, b) => b[1] - a[1]).slice(0, 5);
    throw new Error(
      `${output} has ${megabytes(bytes)}; at most ${megabytes(cap)} are allowed, because it is sent to every machine. ` +
        `Largest parts: ${largest.map(([name, size]) => `${name} ${megabytes(size)}`).join(', ')}.`,
    );
  }
}

/**
 * Scripts of the window that its first page needs, with those that they import: the page names them, so that they are
 * fetched side by side instead of one level of imports after the other.
 */
function firstScripts(outputs) {
  const seen = new Set();
  const add = (path) => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const { path: imported, kind } of outputs[path]?.imports ?? []) {
      if (kind === 'import-statement' && outputs[imported]) add(imported);
    }
  };
  for (const [path, { entryPoint }] of Object.entries(outputs)) {
    if (firstEntries.includes(entryPoint)) add(path);
  }
  const scripts = [...seen].filter((path) => path.endsWith('.js') && path !== 'dist/renderer/main.js');
  if (scripts.length > 3) {
    throw new Error(`The first page is ${scripts.length} scripts again: build/plugins.mjs is to make few of them.`);
  }
  return scripts;
}

/** The font of nearly all text: fetched before a style asks for it, or the first layout looks for others on the system. */
const firstFont = /^dist\/renderer\/assets\/inter-latin-wght-normal-.*\.woff2$/;

/** The page of the window, pointing at the bundle instead of its source. Returns what it wrote. */
function writePage(outputs, scripts) {
  const source = join(root, 'renderer', 'index.html');
  if (!existsSync(source)) return [];
  let page = readFileSync(source, 'utf8').replaceAll(/(["'/])main\.tsx(["'])/g, '$1main.js$2');
  if (outputs.includes('dist/renderer/main.css') && !page.includes('main.css')) {
    page = page.replace('</head>', '  <link rel="stylesheet" href="/main.css" />\n  </head>');
  }
  const links = scripts.map(
    (script) => `  <link rel="modulepreload" href="/${relative('dist/renderer', script)}" />\n`,
  );
  const font = outputs.find((output) => firstFont.test(output));
  if (font === undefined) throw new Error('The font of the window is not where the page fetches it from.');
  links.unshift(
    `  <link rel="preload" as="font" type="font/woff2" crossorigin href="/${relative('dist/renderer', font)}" />\n`,
  );
  page = page.replace('</head>', `${links.join('')}  </head>`);
  const path = 'dist/renderer/index.html';
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), page);
  return [path];
}

/** Files made from the contract: bundled and run here, so that it works on whatever Node runs the build. */
async function writeDocuments(esbuild) {
  if (!existsSync(join(root, 'scripts', 'generate-documents.ts'))) return [];
  const script = join(dist, '.documents.mjs');
  try {
    await esbuild.build({
      ...nodeBundle('scripts/generate-documents.ts', script, { target: 'node20' }).options,
      // An engine of the runtime for machines only; documents need none of what opens it.
      external: ['node:sqlite'],
    });
    const { writeDocuments: write } = await import(pathToFileURL(script).href);
    return (await write(root)).map((path) => relative(root, path));
  } finally {
    rmSync(script, { force: true });
  }
}

/** Removes what an earlier build left in our output folders and this one did not write. */
function prune(outputs) {
  const wanted = new Set(outputs);
  for (const file of ['dist/remote', 'dist/main', 'dist/renderer'].flatMap(filesBelow)) {
    if (!wanted.has(file)) rmSync(join(root, file));
  }
}

async function build(force) {
  const started = performance.now();
  const types = generate();
  const hash = hashOfInputs();
  if (!force && isFresh(hash)) return;
  rmSync(stamp, { force: true });
  mkdirSync(dist, { recursive: true });
  const esbuild = await import('esbuild');
  const present = bundles.filter(({ entry }) => {
    const there = existsSync(join(root, entry));
    if (!there) console.error(`${entry} does not exist yet: its bundle is left out.`);
    return there;
  });
  // First: the window is built with the manifest's schema inside.
  const documents = await writeDocuments(esbuild);
  const release = releaseOfInputs();
  const define = releaseDefines({ version: release.version, build: release.build });
  const results = await Promise.all(
    present.map(({ options }) => esbuild.build({ ...options, define: { ...define, ...options.define } })),
  );
  checkSizes(results);
  const outputs = results
    .flatMap((result) => Object.keys(result.metafile.outputs))
    // Each page that imports the first script has its style sheet once more: nobody asks for those.
    .filter((path) => !/^dist\/renderer\/chunks\/.*\.css$/.test(path));
  outputs.push(relative(root, writeRelease(join(root, 'dist/remote'), release)));
  outputs.push(...writePage(outputs, firstScripts(Object.assign({}, ...results.map((r) => r.metafile.outputs)))));
  prune(outputs);
  outputs.push(...documents);
  // The schema, which is an input too, may be another one now.
  writeFileSync(stamp, `${JSON.stringify({ hash: hashOfInputs(), outputs })}\n`);
  for (const output of outputs.filter((path) => /^dist\/(remote|main)\//.test(path))) {
    console.log(`${output}  ${megabytes(statSync(join(root, output)).size)}`);
  }
  console.log(
    `Built in ${((performance.now() - started) / 1000).toFixed(1)} s. Service types: ${types.join(', ') || 'none'}`,
  );
}

try {
  await build(process.argv.includes('--force'));
} catch (error) {
  // esbuild has printed its own errors with their places already.
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
