/** What our builds change of the way esbuild goes about it. */
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

/**
 * Leaves the fifty languages of zod's messages out, which its one entry drags along: our messages are English, and a
 * third of the text that the main process of the window reads at its start was these.
 */
export function englishOnlyPlugin() {
  return {
    name: 'conpaas:english-only',
    setup(build) {
      build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
        contents: "export { default as en } from './en.js';",
        loader: 'js',
      }));
    },
  };
}

/** Leaves the list of all media types out: axios has it for uploads of forms, which no ACME request is. */
export function noMediaTypesPlugin() {
  return {
    name: 'conpaas:no-media-types',
    setup(build) {
      build.onLoad({ filter: /[\\/]mime-db[\\/]db\.json$/ }, () => ({ contents: '{}', loader: 'json' }));
    },
  };
}

/** Leaves the native parts of ssh2 out, which bundles cannot hold: it then does the same in JavaScript and Node's crypto. */
export function plainSshPlugin() {
  return {
    name: 'conpaas:plain-ssh',
    setup(build) {
      build.onResolve({ filter: /sshcrypto\.node$|^cpu-features$/ }, ({ path }) => ({ path, namespace: 'left-out' }));
      build.onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: "throw new Error('left out');" }));
      // Two files look for their folder, by a name that an ES module does not have, and then need nothing of it here.
      build.onLoad({ filter: /[\\/]ssh2[\\/]lib[\\/].*\.js$/ }, async ({ path }) => ({
        contents: (await readFile(path, 'utf8')).replaceAll('__dirname', "'.'"),
      }));
    },
  };
}

/**
 * Takes Node's own modules by `require` where they are asked for by `import`. For an import Node makes a list of all that
 * a module exports and reads each: for `node:http` that loads undici, which none of ours uses, and takes 25 ms. Members
 * that our sources name are exported one by one: what esbuild makes of a module without a list is a copy of all its
 * members for each file that imports it, which was a tenth of the time in which an agent's bundle loads.
 * @param root folder of our sources
 */
export function requiredBuiltinsPlugin(root) {
  return {
    name: 'conpaas:required-builtins',
    setup(build) {
      let named;
      build.onResolve({ filter: /^node:/ }, ({ path, kind, importer }) => {
        if (kind !== 'import-statement') return { path, external: true };
        const ours = importer.endsWith('.ts') && !importer.includes('node_modules');
        return { path, namespace: ours ? 'builtin' : 'whole-builtin', sideEffects: false };
      });
      build.onLoad({ filter: /.*/, namespace: 'builtin' }, async ({ path }) => {
        named ??= namedOfBuiltins(root);
        const members = [...((await named).get(path) ?? [])].map(
          (name) => `export const ${name} = /* @__PURE__ */ (() => builtin.${name})();\n`,
        );
        return {
          contents: `const builtin = require(${JSON.stringify(path)});\nexport default builtin;\n${members.join('')}`,
        };
      });
      build.onLoad({ filter: /.*/, namespace: 'whole-builtin' }, ({ path }) => ({
        contents: `module.exports = require(${JSON.stringify(path)});`,
      }));
    },
  };
}

/** The members of Node's own modules that the sources below a folder import by name: the module's name to theirs. */
async function namedOfBuiltins(root) {
  const found = new Map();
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
    const text = await readFile(join(entry.parentPath, entry.name), 'utf8');
    for (const [, list, name] of text.matchAll(/^import (?:\w+, )?\{([^}]*)\} from '(node:[^']+)';$/gm)) {
      if (!found.has(name)) found.set(name, new Set());
      for (const item of list.split(',').map((word) => word.trim())) {
        if (item !== '' && !item.startsWith('type ')) found.get(name).add(item.split(' as ')[0]);
      }
    }
  }
  return found;
}

/**
 * Puts all that the window's first page needs into two chunks: the first script, and its page. esbuild cuts a chunk for
 * every combination of entries that share something, and each page is an entry: that made 84 small files, one level of
 * imports after the other. Here each page is made to import the first ones too, which it always finds loaded: so what
 * those need is shared by all pages, and that is one combination.
 * @param root folder of the sources
 * @param first the first scripts, below it: the entry, then its pages
 */
export function firstPagePlugin(root, first) {
  const imports = first.map((file) => `import ${JSON.stringify(join(root, file))};\n`).join('');
  return {
    name: 'conpaas:first-page',
    setup(build) {
      // The first pages are known: what is put into others imports them, and may be read before they are asked for as pages.
      const lazy = new Set(first.slice(1).map((file) => join(root, file)));
      build.onResolve({ filter: /^\.\.?\// }, async ({ path, kind, importer, resolveDir, pluginData }) => {
        if (kind !== 'dynamic-import' || pluginData === 'resolving') return undefined;
        const found = await build.resolve(path, { kind, importer, resolveDir, pluginData: 'resolving' });
        if (found.errors.length === 0) lazy.add(found.path);
        return found;
      });
      build.onLoad({ filter: /\.tsx?$/ }, async ({ path }) => {
        if (!lazy.has(path)) return undefined;
        return { contents: `${await readFile(path, 'utf8')}\n${imports}`, loader: extname(path).slice(1) };
      });
    },
  };
}
