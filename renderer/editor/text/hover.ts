/** What a place of a manifest is about: the schema's own words. Pure. */
import { findNodeAtOffset, getNodePath, getNodeValue, parseTree } from 'jsonc-parser';
import { alternativesAt, expectedText, type JsonSchema, schemasAt } from './schema.ts';

export interface Explanation {
  /** The place it is about. */
  readonly from: number;
  readonly to: number;
  /** The key, or the name of the type. */
  readonly title: string;
  readonly description: string;
  /** What is expected there, in a few words. */
  readonly expected: string;
  /** As JSON. */
  readonly default: string | undefined;
}

/** undefined: the schema says nothing about this place. */
export function explanationAt(text: string, position: number, schema: JsonSchema): Explanation | undefined {
  const root = parseTree(text, []);
  const node = root && findNodeAtOffset(root, position);
  if (!root || !node || node.type === 'object' || node.type === 'array' || node.type === 'property') return undefined;
  const path = getNodePath(node);
  const document: unknown = getNodeValue(root);
  const range = { from: node.offset, to: node.offset + node.length };
  if (path.at(-1) === 'Type' && path.length === 3 && node.parent?.children?.[0] !== node) {
    const [type] = alternativesAt(schema, document, path.slice(0, -1));
    if (type?.properties?.['Type']?.const === String(node.value).toLowerCase())
      return {
        ...range,
        title: type.title ?? '',
        description: type.description ?? '',
        expected: '',
        default: undefined,
      };
  }
  const schemas = schemasAt(schema, document, path);
  const described = schemas.find(({ description }) => description !== undefined);
  if (!described) return undefined;
  return {
    ...range,
    title: String(path.at(-1) ?? ''),
    description: described.description ?? '',
    expected: expectedText(schemas),
    default: described.default === undefined ? undefined : JSON.stringify(described.default),
  };
}
