/** How every bundle is made. */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { englishOnlyPlugin, noMediaTypesPlugin, plainSshPlugin, requiredBuiltinsPlugin } from './plugins.mjs';

export const root = resolve(fileURLToPath(new URL('../..', import.meta.url)));

/** Dependencies in CommonJS ask for Node's own modules by `require`, which an ES module does not have. */
const requireBanner =
  "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);";

export const common = {
  absWorkingDir: root,
  bundle: true,
  write: true,
  metafile: true,
  legalComments: 'none',
  logLevel: 'warning',
  keepNames: true,
  minifySyntax: true,
  minifyWhitespace: true,
  plugins: [englishOnlyPlugin(), plainSshPlugin(), noMediaTypesPlugin()],
};

/** A bundle for Node: its entry, and the options of esbuild. */
export function nodeBundle(entry, outfile, more) {
  return {
    entry,
    options: {
      ...common,
      entryPoints: [entry],
      outfile,
      format: 'esm',
      platform: 'node',
      mainFields: ['module', 'main'], // jsonc-parser's main is UMD, whose requires do not bundle
      banner: { js: requireBanner },
      ...more,
    },
  };
}

/** What runs on machines. */
export function remoteBundles(directory) {
  return ['host', 'director', 'manager', 'agent'].map((name) =>
    nodeBundle(`remote/${name}/main.ts`, `${directory}/${name}.mjs`, {
      target: 'node24',
      // Costs a call for each function when a bundle loads. Ours are not renamed; an SDK of a cloud may ask for names of its classes.
      keepNames: name === 'director',
      plugins: [...common.plugins, requiredBuiltinsPlugin(resolve(root, 'remote'))],
    }),
  );
}
