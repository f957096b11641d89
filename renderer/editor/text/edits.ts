/**
 * Changes of a manifest's values as the smallest changes of its text: what is not concerned keeps its format, order and
 * comments, and the cursor stays where it is. (jsonc-parser's own `modify` formats the whole line around what it
 * inserts or removes, which breaks a service that stands on one line into ten.) Pure.
 */
import {
  type Edit,
  type FormattingOptions,
  findNodeAtLocation,
  format,
  type JSONPath,
  type Node,
  parseTree,
} from 'jsonc-parser';
import type { Path } from './schema.ts';

/** A part of the text and what comes in its place; all of one change are told in places of the text before it. */
export interface TextChange {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

/** How a text is indented; two blanks where nothing is to be seen. */
function formattingOf(text: string): FormattingOptions {
  const [, indent = '  '] = /\n([ \t]+)\S/.exec(text) ?? [];
  return {
    insertSpaces: !indent.startsWith('\t'),
    tabSize: indent.startsWith('\t') ? 4 : Math.min(indent.length, 8),
    eol: text.includes('\r\n') ? '\r\n' : '\n',
  };
}

/**
 * Sets the value at a path, and makes what is missing on the way; undefined removes it.
 * @param order keys in the order that a new one is put in
 */
export function setValue(
  text: string,
  path: Path,
  value: unknown,
  order: readonly string[] = [],
): readonly TextChange[] {
  const root = parseTree(text, []);
  if (value === undefined) return root ? removeAt(root, path) : [];
  if (!root) return [{ from: 0, to: text.length, insert: valueText(nested(path, value), '', unitOf(text)) }];
  const there = findNodeAtLocation(root, path as JSONPath);
  if (there) return replaceNode(text, there, value);
  const depth = path.findLastIndex((_, length) => findNodeAtLocation(root, path.slice(0, length)) !== undefined);
  const holder = findNodeAtLocation(root, path.slice(0, depth));
  const [step, ...rest] = path.slice(depth);
  if (!holder || step === undefined) return [];
  const inner = nested(rest, value);
  if (holder.type !== (typeof step === 'number' ? 'array' : 'object'))
    return replaceNode(text, holder, nested([step, ...rest], value));
  const keys = (holder.children ?? []).map(({ children }) => String(children?.[0]?.value));
  const index = typeof step === 'number' ? step : insertionIndex(keys, step, order);
  return [insertEntry(text, holder, index, typeof step === 'number' ? undefined : step, inner)];
}

/** An entry with the comma and the blanks that belong to it. */
function removeAt(root: Node, path: Path): readonly TextChange[] {
  const found = findNodeAtLocation(root, path as JSONPath);
  const entry = found?.parent?.type === 'property' ? found.parent : found;
  const holder = entry?.parent;
  if (!entry || !holder) return [];
  const siblings = holder.children ?? [];
  const index = siblings.indexOf(entry);
  const previous = siblings[index - 1];
  const next = siblings[index + 1];
  const end = entry.offset + entry.length;
  if (previous) return [{ from: previous.offset + previous.length, to: end, insert: '' }];
  if (next) return [{ from: entry.offset, to: next.offset, insert: '' }];
  return [{ from: holder.offset + 1, to: holder.offset + holder.length - 1, insert: '' }];
}

function replaceNode(text: string, node: Node, value: unknown): readonly TextChange[] {
  const isFlat = !text.slice(node.offset, node.offset + node.length).includes('\n');
  const staysFlat = isFlat && (node.length > 2 || outermostFlat(text, node) !== node);
  const unit = staysFlat ? undefined : unitOf(text);
  const content = valueText(value, indentAt(text, node.offset), unit);
  return changesOf(text, [{ offset: node.offset, length: node.length, content }]);
}

/** The value that `path`, from where it ends, must hold for `value` to stand at its end. */
function nested(path: Path, value: unknown): unknown {
  return path.reduceRight<unknown>((inner, step) => (typeof step === 'number' ? [inner] : { [step]: inner }), value);
}

function insertionIndex(present: readonly string[], key: string, order: readonly string[]): number {
  const rank = order.indexOf(key);
  if (rank < 0) return present.length;
  const after = present.findLastIndex((other) => {
    const place = order.indexOf(other);
    return place >= 0 && place < rank;
  });
  return after + 1;
}

/** Puts a value into the list at `path` (made where it is missing), before the one at `index`. */
export function insertItem(text: string, path: Path, index: number, value: unknown): readonly TextChange[] {
  const root = parseTree(text, []);
  const list = root && findNodeAtLocation(root, path as JSONPath);
  if (list?.type !== 'array') return setValue(text, path, [value]);
  return [insertEntry(text, list, index, undefined, value)];
}

/** One entry more in an object or list: on the same line where that is written on one line, else on a line of its own. */
function insertEntry(text: string, holder: Node, index: number, key: string | undefined, value: unknown): TextChange {
  const children = holder.children ?? [];
  const end = holder.offset + holder.length;
  const isFlat = !text.slice(holder.offset, end).includes('\n');
  const name = key === undefined ? '' : `${JSON.stringify(key)}: `;
  const unit = unitOf(text);
  const previous = children[Math.min(index, children.length) - 1];
  const next = previous ? undefined : children[0];
  const insertAt = (at: number, insert: string): TextChange => ({ from: at, to: at, insert });
  if (!previous && !next) {
    const indent = indentAt(text, holder.offset);
    const [open, close] = holder.type === 'array' ? '[]' : '{}';
    const eol = text.includes('\r\n') ? '\r\n' : '\n';
    // Within something that stands on one line it stays there.
    const isSmall = outermostFlat(text, holder) !== holder;
    const blank = holder.type === 'array' ? '' : ' ';
    const inside = isSmall
      ? `${blank}${name}${valueText(value, '', undefined)}${blank}`
      : `${eol}${indent}${unit}${name}${valueText(value, indent + unit, unit)}${eol}${indent}`;
    return { from: holder.offset, to: end, insert: `${open}${inside}${close}` };
  }
  const neighbour = previous ?? next;
  const separator = isFlat ? ' ' : `${text.includes('\r\n') ? '\r\n' : '\n'}${indentAt(text, neighbour?.offset ?? 0)}`;
  const entry = name + valueText(value, isFlat ? '' : separator.replace(/^\r?\n/, ''), isFlat ? undefined : unit);
  if (previous) return insertAt(previous.offset + previous.length, `,${separator}${entry}`);
  return insertAt(next?.offset ?? end - 1, `${entry},${separator}`);
}

/** The largest object or list around a node that stands on one line. */
function outermostFlat(text: string, node: Node): Node {
  let found = node;
  for (let at: Node | undefined = node; at; at = at.parent)
    if (at.type !== 'property' && !text.slice(at.offset, at.offset + at.length).includes('\n')) found = at;
  return found;
}

/** The blanks that the line of a place begins with. */
function indentAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', offset - 1) + 1))?.[0] ?? '';
}

function unitOf(text: string): string {
  const { insertSpaces, tabSize } = formattingOf(text);
  return insertSpaces ? ' '.repeat(tabSize ?? 2) : '\t';
}

/** A value as JSON; `unit` undefined: on one line, with blanks as people write them. */
function valueText(value: unknown, indent: string, unit: string | undefined): string {
  if (unit !== undefined) return JSON.stringify(value, undefined, unit).replaceAll('\n', `\n${indent}`);
  if (Array.isArray(value)) return `[${value.map((item) => valueText(item, '', undefined)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(
    ([key, inner]) => `${JSON.stringify(key)}: ${valueText(inner, '', undefined)}`,
  );
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

/** Exchanges two neighbours of a list, each with its text as it is. */
export function swapItems(text: string, path: Path, index: number): readonly TextChange[] {
  const root = parseTree(text, []);
  const first = root && findNodeAtLocation(root, [...path, index]);
  const second = root && findNodeAtLocation(root, [...path, index + 1]);
  if (!first || !second) return [];
  const slice = ({ offset, length }: { offset: number; length: number }) => text.slice(offset, offset + length);
  return [
    { from: first.offset, to: first.offset + first.length, insert: slice(second) },
    { from: second.offset, to: second.offset + second.length, insert: slice(first) },
  ];
}

/** Gives the key at the end of a path another name; value and place stay. */
export function renameKey(text: string, path: Path, name: string): readonly TextChange[] {
  const root = parseTree(text, []);
  const value = root && findNodeAtLocation(root, path as JSONPath);
  const key = value?.parent?.type === 'property' ? value.parent.children?.[0] : undefined;
  if (!key) return [];
  return [trimmed(text, { offset: key.offset, length: key.length, content: JSON.stringify(name) })];
}

/** The whole text formatted as this editor does it, in its own indentation. */
export function formatted(text: string): readonly TextChange[] {
  return changesOf(text, format(text, undefined, formattingOf(text)));
}

function changesOf(text: string, edits: readonly Edit[]): readonly TextChange[] {
  return edits
    .map((edit) => trimmed(text, edit))
    .filter(({ from, to, insert }) => from < to || insert !== '')
    .sort((a, b) => a.from - b.from);
}

/** Without what is the same before and after, so that a cursor there does not move. */
function trimmed(text: string, { offset, length, content }: Edit): TextChange {
  const old = text.slice(offset, offset + length);
  const most = Math.min(old.length, content.length);
  let start = 0;
  while (start < most && old[start] === content[start]) start++;
  let end = 0;
  while (end < most - start && old[old.length - 1 - end] === content[content.length - 1 - end]) end++;
  return { from: offset + start, to: offset + length - end, insert: content.slice(start, content.length - end) };
}

/** The text after changes. */
export function applyChanges(text: string, changes: readonly TextChange[]): string {
  let result = text;
  for (const { from, to, insert } of changes.toSorted((a, b) => b.from - a.from))
    result = result.slice(0, from) + insert + result.slice(to);
  return result;
}
