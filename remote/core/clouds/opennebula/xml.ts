/** XML as OpenNebula has it: elements and text, no attributes that matter, no definitions. And XML-RPC made of it. */
import { z } from 'zod';

/** Documents of OpenNebula have some ten levels. */
const deepest = 100;

interface Open {
  readonly name: string;
  text: string;
  readonly elements: Map<string, unknown[]>;
}

/**
 * Text is strings, an element with others in it an object, one that is repeated an array; attributes are left out.
 * Definitions (DOCTYPE) are refused, so the only entities are the five of XML and numbers.
 * @throws Error where it is no such XML
 */
export function parseXml(text: string): unknown {
  const root: Open = { name: '', text: '', elements: new Map() };
  const open: Open[] = [root];
  const top = (): Open => open.at(-1) ?? root;
  const close = (name: string): void => {
    const last = open.pop();
    if (!last || last.name !== name || open.length === 0) throw new Error(`${name} is closed and was not open`);
    const same = top().elements.get(name) ?? [];
    same.push(contentOf(last));
    top().elements.set(name, same);
  };
  let at = 0;
  /** What is before the next `mark`, which is passed over. */
  const until = (mark: string): string => {
    const end = text.indexOf(mark, at);
    if (end < 0) throw new Error(`there is no ${mark}`);
    const passed = text.slice(at, end);
    at = end + mark.length;
    return passed;
  };
  while (text.indexOf('<', at) >= 0) {
    top().text += decode(until('<'));
    if (text.startsWith('![CDATA[', at)) {
      at += '![CDATA['.length;
      top().text += until(']]>');
    } else if (text.startsWith('!--', at)) until('-->');
    else if (text.startsWith('?', at)) until('?>');
    else {
      const tag = until('>');
      const [, closing = '', name = '', alone = ''] = /^(\/?)([A-Za-z_][\w.-]*)(?:\s[^<]*?)?(\/?)$/.exec(tag) ?? [];
      if (name === '' || open.length > deepest) throw new Error(`<${tag.slice(0, 40)}> is not understood`);
      if (closing === '') open.push({ name, text: '', elements: new Map() });
      if (closing !== '' || alone !== '') close(name);
    }
  }
  if (open.length !== 1 || root.elements.size !== 1) throw new Error('the document does not end');
  return contentOf(root);
}

function contentOf({ elements, text }: Open): unknown {
  if (elements.size === 0) return text; // spaces between elements are nothing
  return Object.fromEntries([...elements].map(([name, values]) => [name, values.length === 1 ? values[0] : values]));
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function decode(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-f]+)|#([0-9]+)|([a-z]+));/gi,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return entities[name] ?? whole;
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}

export function encode(text: string): string {
  return text.replace(/[<>&]/g, (one) => (one === '<' ? '&lt;' : one === '>' ? '&gt;' : '&amp;'));
}

export type Value = string | number | boolean;

/** `methodCall`. Numbers are whole. */
export function toCall(method: string, values: readonly Value[]): string {
  const param = (value: Value): string => {
    if (typeof value === 'string') return `<string>${encode(value)}</string>`;
    return typeof value === 'number' ? `<i4>${value}</i4>` : `<boolean>${value ? 1 : 0}</boolean>`;
  };
  const params = values.map((value) => `<param><value>${param(value)}</value></param>`).join('');
  return `<?xml version="1.0"?><methodCall><methodName>${method}</methodName><params>${params}</params></methodCall>`;
}

/** An element that may be there once, several times or not at all. */
export function many<Item>(item: z.ZodType<Item>): z.ZodType<Item[]> {
  return z.preprocess(
    (given) => (given === undefined || given === '' ? [] : Array.isArray(given) ? given : [given]),
    z.array(item),
  );
}

/** An element with others in it, which is '' where it has none. */
export function element<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.preprocess((given) => (given === '' || given === undefined ? {} : given), z.looseObject(shape));
}
