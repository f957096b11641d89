/** For tests: XML-RPC as OpenNebula's daemon answers it. */
import { z } from 'zod';
import { encode, many, parseXml } from '../xml.ts';

/** An answer that is an error. */
export class Refused extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

const Param = z.object({
  value: z.union([
    z.object({ string: z.string() }).transform(({ string }) => string),
    z.object({ i4: z.string() }).transform(({ i4 }) => Number(i4)),
    z.object({ boolean: z.string() }).transform(({ boolean }) => boolean === '1'),
  ]),
});
const Call = z.object({
  methodCall: z.object({ methodName: z.string(), params: z.object({ param: many(Param) }) }),
});

export function readCall(text: string): { readonly method: string; readonly values: (string | number | boolean)[] } {
  const { methodName, params } = Call.parse(parseXml(text)).methodCall;
  return { method: methodName, values: params.param.map(({ value }) => value) };
}

const value = (text: string): string => `<value>${text}</value>\r\n`;
const response = (inner: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\r\n<methodResponse>\r\n${inner}</methodResponse>\r\n`;

function array(well: boolean, told: string | number, code: number): string {
  const said = typeof told === 'number' ? `<i4>${told}</i4>` : `<string>${encode(told)}</string>`;
  const data = value(`<boolean>${well ? 1 : 0}</boolean>`) + value(said) + value(`<i4>${code}</i4>`);
  return response(`<params>\r\n<param>${value(`<array><data>\r\n${data}</data></array>`)}</param>\r\n</params>\r\n`);
}

export const toAnswer = (told: string | number): string => array(true, told, 0);
export const toRefusal = ({ message, code }: Refused): string => array(false, message, code);

/** As xmlrpc-c says it of a method that it does not know. */
export function toUnknown(method: string): string {
  const member = (name: string, inner: string) => `<member><name>${name}</name>${value(inner)}</member>\r\n`;
  const text = `<string>Method '${method}' not defined</string>`;
  const struct = `<struct>\r\n${member('faultCode', '<i4>-506</i4>')}${member('faultString', text)}</struct>`;
  return response(`<fault>\r\n${value(struct)}</fault>\r\n`);
}

export interface Vectors {
  [name: string]: string | Record<string, string>[];
}

/** Reads OpenNebula's template language. */
export function readTemplate(text: string): Vectors {
  const result: Vectors = {};
  const pair = /([A-Z_0-9]+)\s*=\s*"((?:\\"|[^"])*)"/g;
  const plainText = (quoted: string): string => quoted.replaceAll('\\"', '"');
  const vector = /([A-Z_0-9]+)\s*=\s*\[((?:[^"\]]|"(?:\\"|[^"])*")*)\]/g;
  for (const [, name = '', inner = ''] of text.matchAll(vector)) {
    const entries = [...inner.matchAll(pair)].map(([, key = '', quoted = '']) => [key, plainText(quoted)] as const);
    const before = result[name];
    result[name] = [...(Array.isArray(before) ? before : []), Object.fromEntries(entries)];
  }
  for (const [, name = '', quoted = ''] of text.replace(vector, '').matchAll(pair)) result[name] = plainText(quoted);
  return result;
}

/** Attributes as documents have them: values are CDATA. */
export function toXml(attributes: Vectors | Record<string, string>): string {
  return Object.entries(attributes)
    .map(([name, told]) =>
      typeof told === 'string'
        ? `<${name}><![CDATA[${told}]]></${name}>`
        : told.map((one) => `<${name}>${toXml(one)}</${name}>`).join(''),
    )
    .join('');
}
