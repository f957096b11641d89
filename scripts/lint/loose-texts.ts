/**
 * Finds texts that a person sees or hears and that stand outside the catalogues of texts, where no translation finds them.
 * Read from the syntax alone: what is shown by its place, and elsewhere whatever reads as words. Pure.
 */
import { readFileSync } from 'node:fs';
import { parseAst } from 'vitest/node';

export interface LooseText {
  readonly line: number;
  readonly text: string;
}

const schemaFile = new URL('../../manifests/conpaas-manifest.schema.json', import.meta.url);

/** Attributes and properties whose value is shown or spoken. */
const shownNames: ReadonlySet<string> = new Set(
  [
    'about advice alt aria-description aria-label aria-roledescription aria-valuetext body buttons',
    'caption children columns confirm description detail empty fallback footer header heading help helperText hint',
    'info label message nothing noun placeholder primary problem said secondary subtitle summary text title',
    'titleAccess tooltip what word words rows',
  ]
    .join(' ')
    .split(' '),
);

/** Attributes and properties whose value is for the browser, the program or its style. */
const unseenNames: ReadonlySet<string> = new Set(
  'sx style styles styleOverrides className id key command shortcut font fontFamily d viewBox'.split(' '),
);

/** Where an expression stands: what it holds is shown, is not, or is whatever it reads as. */
type Place = 'shown' | 'unseen' | 'any';

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [property: string]: unknown;
}

/** @param file its name tells whether it may hold JSX */
export function looseTexts(file: string, source: string): readonly LooseText[] {
  const found: LooseText[] = [];
  const program = parseAst(source, { lang: file.endsWith('x') ? 'tsx' : 'ts' }) as unknown as Node;
  visit(program, 'any', ({ start }, text) => {
    found.push({ line: source.slice(0, start).split('\n').length, text: text.trim().replaceAll(/\s+/g, ' ') });
  });
  return found;
}

/** They are the same in every language. */
const manifestKeys: ReadonlySet<string> = new Set(keysOf(readFileSync(schemaFile, 'utf8')));

function keysOf(schema: string): readonly string[] {
  const keys: string[] = [];
  JSON.parse(schema, (_key, value: unknown) => {
    const { properties = {} } = { ...(value as { readonly properties?: object } | null) };
    keys.push(...Object.keys(properties));
    return value;
  });
  return keys;
}

type Report = (node: Node, text: string) => void;

function visit(node: Node, place: Place, report: Report): void {
  const text = textOf(node);
  if (text !== undefined && isLoose(text, node.type === 'JSXText' ? 'shown' : place)) report(node, text);
  for (const [role, child] of childrenOf(node)) visit(child, placeOf(node, role, child, place), report);
}

function textOf({ type, value, quasis }: Node): string | undefined {
  if ((type === 'Literal' || type === 'JSXText') && typeof value === 'string') return value;
  if (type !== 'TemplateLiteral') return undefined;
  return (quasis as readonly { readonly value: { readonly cooked: string } }[])
    .map((quasi) => quasi.value.cooked)
    .join('…');
}

function isLoose(text: string, place: Place): boolean {
  if (place === 'unseen') return false;
  if (place === 'shown') return /\p{L}{2}/u.test(text) && !isCode(text);
  return readsAsWords(text);
}

/** What is the same in every language. */
const codes: readonly RegExp[] = [
  // an address, a path, a name of the contract, a colour
  /^\S*[/:@_\\]\S*$|^#\w+$/,
  // a name of a host, a request
  /^[\w-]+(\.[\w-]+)+$|^POST \/\S*$/,
  // a variable
  /^[A-Z0-9_]+=?$/,
  // a command, a script
  /^conpaas\b|^#!/,
  // what CSS takes: a function, names of fonts
  /^[a-z-]+\(.*\)( !\w+)?$|^'[^']+',/,
  // our own name
  /^ConPaaS( \w+)?$/,
];

function isCode(text: string): boolean {
  return codes.some((code) => code.test(text));
}

/** A word with a capital, or several words in a row. */
function readsAsWords(text: string): boolean {
  if (isCode(text) || manifestKeys.has(text)) return false;
  return /^\p{Lu}\p{Ll}+\b(?!\+|[-/:_.]\w)/u.test(text) || /(^|[\s“(-])\p{L}{2,}[,.:;]? \p{L}/u.test(text);
}

function childrenOf(node: Node): readonly (readonly [role: string, child: Node])[] {
  return Object.entries(node).flatMap(([role, value]) =>
    (Array.isArray(value) ? (value as readonly unknown[]) : [value])
      .filter((child): child is Node => typeof child === 'object' && child !== null && 'type' in child)
      .map((child) => [role, child] as const),
  );
}

const expressionsWithTypes: ReadonlySet<string> = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
]);

function placeOf(parent: Node, role: string, child: Node, place: Place): Place {
  if (child.type.startsWith('TS') && !expressionsWithTypes.has(child.type)) return 'unseen';
  if (place === 'unseen') return 'unseen';
  // The properties of an object say themselves what they are; but one is looked up in `{ done: 'Done' }[state]`.
  if (child.type === 'ObjectExpression' && parent.type !== 'MemberExpression') return 'any';
  switch (parent.type) {
    case 'ImportDeclaration':
    case 'ImportExpression':
    case 'ExportAllDeclaration':
    case 'ExpressionStatement':
      return role === 'source' || child.type === 'Literal' ? 'unseen' : 'any';
    case 'JSXAttribute':
      return placeOfName(nameOf(parent['name']));
    case 'JSXExpressionContainer':
      return place;
    case 'JSXElement':
    case 'JSXFragment':
      return child.type === 'JSXExpressionContainer' ? 'shown' : 'any';
    case 'ObjectExpression':
      return place;
    case 'Property':
    case 'PropertyDefinition':
      if (role === 'key') return 'unseen';
      return placeOfName(nameOf(parent['key'])) === 'any' ? place : placeOfName(nameOf(parent['key']));
    case 'BinaryExpression':
      return parent['operator'] === '+' ? place : 'unseen';
    case 'SwitchCase':
      return role === 'test' ? 'unseen' : 'any';
    case 'MemberExpression':
      if (role === 'property') return 'unseen';
      return child.type === 'ObjectExpression' ? place : 'any';
    case 'ConditionalExpression':
      return role === 'test' ? 'any' : place;
    case 'LogicalExpression':
      return role === 'left' && parent['operator'] === '&&' ? 'any' : place;
    case 'CallExpression':
    case 'NewExpression':
      return placeOfArgument(parent, role, child);
    case 'ArrayExpression':
    case 'TemplateLiteral':
    case 'ChainExpression':
    case 'ParenthesizedExpression':
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
      return place;
    default:
      return 'any';
  }
}

/** Calls that show their first argument. */
const shows: ReadonlySet<string> = new Set(['say']);
/** Calls whose arguments are compared, or are for a log or a developer; and errors that have a code, whose words are English. */
const tellsNobody =
  /\.(includes|startsWith|endsWith|indexOf|has|get|split|matchMedia|closest|querySelector)$|^(console\.\w+|process\.stderr\.write|log|refuse|Error|ConpaasError|Buffer\.from|z\.custom)$/;

function placeOfArgument({ callee, arguments: given }: Node, role: string, child: Node): Place {
  const name = nameOf(callee);
  if (role === 'callee') return 'any';
  if (tellsNobody.test(name)) return 'unseen';
  return shows.has(name) && (given as readonly Node[])[0] === child ? 'shown' : 'any';
}

function placeOfName(name: string): Place {
  if (unseenNames.has(name)) return 'unseen';
  return shownNames.has(name) ? 'shown' : 'any';
}

/** A name as it is written: of a variable, a member, an attribute, a key. */
function nameOf(node: unknown): string {
  const { type, name, value, object, property } = node as Node;
  if (type === 'MemberExpression') return `${nameOf(object)}.${nameOf(property)}`;
  return typeof name === 'string' ? name : typeof value === 'string' ? value : '';
}
