/**
 * What a folder leaves at home when it is packed: `.git`, `.env`, and what patterns say, as git's .gitignore(5) has them:
 * one pattern a line, `#` comments, `*`, `?`, `[a-z]`, `**`, `\` escapes, a leading or inner `/` anchors, a trailing `/`
 * means folders only, `!` takes back (the last pattern that fits decides; nothing comes back from an ignored folder).
 */
export interface Rule {
  readonly pattern: RegExp;
  readonly foldersOnly: boolean;
  readonly keep: boolean;
}

/** Whether to leave out a path (relative, `/` between folders). */
export type Ignore = (path: string, isFolder: boolean) => boolean;

const alwaysIgnored = ['.git', '.env', '/.conpaasignore'] as const;

/** The matcher for a list of patterns; `alwaysIgnored` come first. */
export function createIgnore(lines: readonly string[]): Ignore {
  const rules = parseRules([...alwaysIgnored, ...lines]);
  return (path, isFolder) => decide(rules, path, isFolder) ?? false;
}

/** Lines of an ignore file as rules. */
export function parseRules(lines: readonly string[]): readonly Rule[] {
  return lines.flatMap(parseRule);
}

/** What the last rule that fits says: leave out, keep; undefined: none fits. */
export function decide(rules: readonly Rule[], path: string, isFolder: boolean): boolean | undefined {
  const rule = rules.findLast(({ pattern, foldersOnly }) => (isFolder || !foldersOnly) && pattern.test(path));
  return rule && !rule.keep;
}

function parseRule(line: string): Rule[] {
  // Blanks at the end count where a backslash is before them.
  const text = line.replace(/\r$/, '').replace(/(?<!\\)[ \t]+$/, '');
  if (text.trim() === '' || text.startsWith('#')) return [];
  const keep = text.startsWith('!');
  const body = (keep ? text.slice(1) : text).trimStart();
  const foldersOnly = body.endsWith('/');
  const parts = body.split('/').filter((part) => part !== '');
  if (parts.length === 0) return [];
  const anchored = body.startsWith('/') || parts.length > 1;
  const expression = parts
    .map((part, index) => {
      const last = index === parts.length - 1;
      if (part === '**') return last ? '.+' : '(?:[^/]+/)*';
      return wildcard(part) + (last ? '' : '/');
    })
    .join('');
  return [{ pattern: new RegExp(`^${anchored ? '' : '(?:[^/]+/)*'}${expression}$`, 'u'), foldersOnly, keep }];
}

const special = /[.*+?^${}()|[\]\\/]/;

function wildcard(part: string): string {
  const characters = [...part];
  let expression = '';
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? '';
    if (character === '*') {
      while (characters[at + 1] === '*') at++;
      expression += '[^/]*';
    } else if (character === '?') expression += '[^/]';
    else if (character === '[') {
      const set = characterSet(characters, at);
      expression += set?.expression ?? '\\[';
      at = set?.end ?? at;
    } else {
      const literal = character === '\\' && at + 1 < characters.length ? (characters[++at] ?? '') : character;
      expression += special.test(literal) ? `\\${literal}` : literal;
    }
  }
  return expression;
}

/** `[a-z]` and `[!0-9]`; undefined where it is not closed, and so means itself. */
function characterSet(characters: readonly string[], start: number): { expression: string; end: number } | undefined {
  const negated = characters[start + 1] === '!' || characters[start + 1] === '^';
  const first = start + (negated ? 2 : 1);
  const end = characters.indexOf(']', first + 1);
  if (end < 0) return undefined;
  const inside = characters.slice(first, end);
  const escaped = inside.map((one, index) => {
    if (one === '-' && index > 0 && index < inside.length - 1) return '-';
    return /[\\\]^[-]/.test(one) ? `\\${one}` : one;
  });
  const expression = `(?!/)[${negated ? '^' : ''}${escaped.join('')}]`;
  try {
    new RegExp(expression, 'u');
  } catch {
    return undefined; // a range the wrong way round
  }
  return { expression, end };
}
