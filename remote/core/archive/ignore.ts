/**
 * What a folder leaves at home when it is packed: `.git`, `.env`, and the patterns of its `.conpaasignore`, a subset of
 * .gitignore: one pattern a line, `#` comments, `*`, `?`, `**`, a leading or inner `/` anchors, a trailing `/` means
 * folders only, `!` takes back (the last pattern that fits decides; nothing comes back from an ignored folder).
 */
interface Rule {
  readonly pattern: RegExp;
  readonly foldersOnly: boolean;
  readonly keep: boolean;
}

/** Whether to leave out a path (relative, `/` between folders). */
export type Ignore = (path: string, isFolder: boolean) => boolean;

export const alwaysIgnored = ['.git', '.env', '/.conpaasignore'] as const;

/** The matcher for a list of patterns; `alwaysIgnored` come first. */
export function createIgnore(lines: readonly string[]): Ignore {
  const rules = [...alwaysIgnored, ...lines].flatMap(parseRule);
  return (path, isFolder) => {
    let ignored = false;
    for (const rule of rules)
      if (ignored === rule.keep && (isFolder || !rule.foldersOnly) && rule.pattern.test(path)) ignored = !rule.keep;
    return ignored;
  };
}

function parseRule(line: string): Rule[] {
  const text = line.trim();
  if (text === '' || text.startsWith('#')) return [];
  const keep = text.startsWith('!');
  const body = keep ? text.slice(1) : text;
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
  return [{ pattern: new RegExp(`^${anchored ? '' : '(?:[^/]+/)*'}${expression}$`), foldersOnly, keep }];
}

function wildcard(part: string): string {
  return part
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/\*+/g, '[^/]*')
    .replaceAll('?', '[^/]');
}
