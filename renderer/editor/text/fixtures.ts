/** For tests: the published schema, its check, and a text with the cursor's place marked by `|`. */
import published from '../../../manifests/conpaas-manifest.schema.json' with { type: 'json' };
import { compileManifestValidator } from '../../../scripts/manifest-validator.mjs';
import type { SchemaCheck } from './problems.ts';
import type { JsonSchema } from './schema.ts';

export const schema = published as JsonSchema;

const validate = compileManifestValidator(published);
export const check: SchemaCheck = (document) => (validate(document) ? [] : (validate.errors ?? []));

export function marked(text: string): { text: string; position: number } {
  return { text: text.replace('|', ''), position: text.indexOf('|') };
}
