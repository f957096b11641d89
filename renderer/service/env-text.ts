/** Text of .env files as variables. Pure. */
import { configurationTexts } from './configuration/texts.ts';

export interface EnvLine {
  /** From 1. */
  readonly line: number;
  readonly name: string;
  readonly value: string;
}

export interface EnvText {
  readonly variables: readonly EnvLine[];
  readonly problems: readonly { readonly line: number; readonly message: string }[];
}

const name = /^[A-Za-z_][A-Za-z0-9_]{0,99}$/;
/** Characters of a value that the contract takes. */
const longestValue = 65_536;

/**
 * Reads `NAME=value` lines as dotenv does: `export` before a name, `#` comments, values plain, in '…' (as they are) or
 * in "…" (with \n, \t, \" and \\), also over several lines. The last of several lines with a name counts.
 */
export function parseEnvText(text: string): EnvText {
  const texts = configurationTexts().paste;
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const found = new Map<string, EnvLine>();
  const problems: { line: number; message: string }[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = at + 1;
    const content = (lines[at] ?? '').trim();
    if (content === '' || content.startsWith('#')) continue;
    const equals = content.indexOf('=');
    const key = (equals < 0 ? content : content.slice(0, equals)).replace(/^export\s+/, '').trim();
    if (equals < 0) {
      problems.push({ line, message: texts.noEquals });
      continue;
    }
    if (!name.test(key)) {
      problems.push({ line, message: texts.noName(key) });
      continue;
    }
    const read = readValue(lines, at, content.slice(equals + 1).trim());
    if ('problem' in read) problems.push({ line, message: read.problem });
    else if (read.value.length > longestValue) problems.push({ line, message: texts.tooLong(key) });
    else if (read.value.includes('\0')) problems.push({ line, message: texts.withNul(key) });
    else {
      if (found.has(key)) found.delete(key);
      found.set(key, { line, name: key, value: read.value });
    }
    at = read.last;
  }
  return { variables: [...found.values()], problems };
}

type Value = ({ readonly value: string } | { readonly problem: string }) & { readonly last: number };

function readValue(lines: readonly string[], at: number, start: string): Value {
  const quote = start.charAt(0);
  if (quote !== '"' && quote !== "'") {
    // A comment begins at a # after a blank.
    return { value: start.replace(/(?:^|\s+)#.*$/, '').trim(), last: at };
  }
  let text = start.slice(1);
  for (let last = at; last < lines.length; last++) {
    if (last > at) text += `\n${lines[last] ?? ''}`;
    const end = endOfQuote(text, quote);
    if (end < 0) continue;
    const rest = text.slice(end + 1).trim();
    if (rest !== '' && !rest.startsWith('#')) return { problem: configurationTexts().paste.afterQuote(quote), last };
    const inside = text.slice(0, end);
    return { value: quote === '"' ? unescaped(inside) : inside, last };
  }
  return { problem: configurationTexts().paste.notClosed(quote), last: at };
}

function endOfQuote(text: string, quote: string): number {
  for (let at = 0; at < text.length; at++) {
    if (quote === '"' && text[at] === '\\') at++;
    else if (text[at] === quote) return at;
  }
  return -1;
}

function unescaped(text: string): string {
  const meaning: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', $: '$' };
  return text.replaceAll(/\\(.)/g, (all, character: string) => meaning[character] ?? all);
}

/** Variables as text that `parseEnvText` reads as the same. */
export function envTextOf(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([key, value]) => {
      if (/^[A-Za-z0-9_./:@%+,-]*$/.test(value)) return `${key}=${value}`;
      const escaped = value
        .replaceAll(/["\\]/g, (one) => `\\${one}`)
        .replaceAll('\n', '\\n')
        .replaceAll('\r', '\\r');
      return `${key}="${escaped}"`;
    })
    .join('\n');
}
