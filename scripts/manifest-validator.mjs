/**
 * The manifest's JSON Schema as a function: AJV's standalone code, made when the window is built. In the window itself
 * AJV could not compile anything: the content security policy forbids code made from text.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';

/** What the renderer imports. */
const name = 'conpaas:manifest-validator';

/** AJV tells mistakes of the one alternative that `Type` names only when it is told that this is how to choose. */
function withDiscriminators(schema) {
  if (Array.isArray(schema)) return schema.map(withDiscriminators);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, withDiscriminators(value)]));
  const tagged = copy.oneOf?.every(({ properties }) => properties?.Type?.const !== undefined);
  return tagged ? { ...copy, type: 'object', discriminator: { propertyName: 'Type' } } : copy;
}

/** An AJV that takes our schemas as they are. `default.default`: CommonJS seen from an ES module. */
function ajv(options) {
  const Class = Ajv.default ?? Ajv;
  return new Class({ allErrors: true, strict: false, discriminator: true, ...options });
}

/** Compiled here and now: for tests, which run where that is allowed. */
export function compileManifestValidator(schema) {
  return ajv({}).compile(withDiscriminators(schema));
}

/** The source of an ES module whose default export validates. */
function manifestValidatorSource(schema) {
  const compiler = ajv({ code: { source: true, esm: true } });
  return (standalone.default ?? standalone)(compiler, compiler.compile(withDiscriminators(schema)));
}

/** For esbuild: resolves the module's name to that source, made of the schema that lies in `manifests/`. */
export function manifestValidatorPlugin(root) {
  const file = join(root, 'manifests', 'conpaas-manifest.schema.json');
  return {
    name,
    setup(build) {
      build.onResolve({ filter: /^conpaas:manifest-validator$/ }, () => ({ path: file, namespace: name }));
      build.onLoad({ filter: /.*/, namespace: name }, () => ({
        contents: manifestValidatorSource(JSON.parse(readFileSync(file, 'utf8'))),
        resolveDir: root,
        loader: 'js',
        watchFiles: [file],
      }));
    },
  };
}
