/** Takes out of a text what is nobody else's business: secrets, names of people and machines, addresses, paths at home. */

export interface OwnNames {
  readonly user: string;
  readonly host: string;
  readonly home: string;
  /** Further names that were given by the user: of applications, directors, owners. */
  readonly others: readonly string[];
}

/** What a value must not be shown of, whatever it looks like. */
const secretKey = /(pass(word|phrase|wd)?|secret|token|key|credential|authorization|cookie|private)/i;

const patterns: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/-----BEGIN [A-Z ]+-----[\s\S]*?(-----END [A-Z ]+-----|$)/g, '[PEM]'],
  // Credentials in addresses, then the hosts of addresses. The loopback tells nothing.
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@"']+@[a-z0-9._-]+/gi, '$1[credentials]@[host]'],
  [/\b([a-z][a-z0-9+.-]*:\/\/)(?!127\.|localhost|\[credentials\])([a-z0-9._-]+|\[[0-9a-f:]+\])/gi, '$1[host]'],
  [/\b[\w.+-]+@[a-z0-9-]+(\.[a-z0-9-]+)+\b/gi, '[mail]'],
  [/\b(?!127\.|0\.0\.0\.0)\d{1,3}(\.\d{1,3}){3}\b/g, '[address]'],
  [/\b(AKIA|ASIA)[A-Z0-9]{12,}\b/g, '[secret]'],
  // Long strings of letters and digits without a blank: keys, tokens, hashes. Which of them is secret cannot be told.
  [/(?<![\w/+-])(?=[\w/+=-]*\d)[A-Za-z0-9_/+=-]{32,}(?![\w/+-])/g, '[long value]'],
];

/** Pure. */
export function redact(text: string, own: OwnNames): string {
  let safe = text.replace(/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, '[secret]');
  safe = safe.replace(
    /(["']?)([\w.-]*)\1(\s*[:=]\s*)(\[secret\]|"[^"\n]*"|'[^'\n]*'|[^\s,;}\]]+)/g,
    (all, quote: string, key: string, between: string) =>
      secretKey.test(key) ? `${quote}${key}${quote}${between}[secret]` : all,
  );
  for (const [pattern, instead] of patterns) safe = safe.replace(pattern, instead);
  // IPv6, but not a time of day.
  safe = safe.replace(/(?<![\w:.])[0-9a-f:]*:[0-9a-f]*:[0-9a-f:]*(?![\w:])/gi, (all) =>
    all.includes('::') || all.split(':').length === 8 ? '[address]' : all,
  );
  safe = safe.replaceAll(own.home, '[home]');
  const names: [string, string][] = [
    [own.host, '[host]'],
    [own.user, '[user]'],
    ...own.others.map((name): [string, string] => [name, '[name]']),
  ];
  for (const [name, instead] of names) {
    if (name.length < 2 || name === 'root' || name === 'localhost') continue;
    safe = safe.replace(new RegExp(`(?<![\\w])${escaped(name)}(?![\\w])`, 'gi'), instead);
  }
  return safe;
}

function escaped(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
