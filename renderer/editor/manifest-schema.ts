/** The published schema and its check, which the build has compiled. */
import validate from 'conpaas:manifest-validator';
import published from '../../manifests/conpaas-manifest.schema.json' with { type: 'json' };
import type { SchemaCheck } from './text/problems.ts';
import type { JsonSchema } from './text/schema.ts';

export const manifestSchema = published as JsonSchema;

export const checkSchema: SchemaCheck = (document) => (validate(document) ? [] : (validate.errors ?? []));
