/** What a line says of itself: its level, as the engines and common libraries write it. Pure. */

/** What a row is, as small numbers: they are kept per line. */
export const levels = { other: 0, debug: 1, info: 2, warning: 3, error: 4, gap: 5, event: 6 } as const;
export type Level = (typeof levels)[keyof typeof levels];
export const levelNames = ['other', 'debug', 'info', 'warning', 'error', 'gap', 'event'] as const;
export type LevelName = (typeof levelNames)[number];

/** Bits of all levels. */
export const everyLevel = 0b111_1111;
/** Gaps and events are shown whatever levels are asked for. */
const always = (1 << levels.gap) | (1 << levels.event);

export function levelMask(names: readonly LevelName[] | undefined): number {
  if (!names) return everyLevel;
  return names.reduce((mask, name) => mask | (1 << levelNames.indexOf(name)), always);
}

const words: Readonly<Record<string, Level>> = {
  emerg: 4,
  emergency: 4,
  alert: 4,
  crit: 4,
  critical: 4,
  fatal: 4,
  severe: 4,
  panic: 4,
  error: 4,
  err: 4,
  exception: 4,
  warn: 3,
  warning: 3,
  deprecated: 3,
  note: 2,
  notice: 2,
  info: 2,
  information: 2,
  system: 2,
  debug: 1,
  trace: 1,
  verbose: 1,
  fine: 1,
};
const word = Object.keys(words).join('|');
const capitals = Object.keys(words)
  .map((one) => `${one.slice(0, 1).toUpperCase()}${one.slice(1)}`)
  .join('|');

/** `[error]` of nginx, `[Warning]` of MariaDB, `[ALERT]` of HAProxy; PHP's own; `level=warn`, `"level":"warn"`. */
const marked = new RegExp(
  `\\[(${word})\\]|\\bPHP (?:Fatal |Parse |Core |Compile |Recoverable fatal )?(error|warning|notice|deprecated):|\\b(?:level|severity)"?\\s*[=:]\\s*"?(${word})\\b`,
  'i',
);
/** `127.0.0.1 - - [time] "GET / HTTP/1.1" 502 157`: nginx and others. */
const access =
  /"[A-Z]{3,10} [^"]* HTTP\/[0-9.]+" ([1-5])[0-9]{2}\b|^"?[^ ]+ [^ ]+ [^ ]+ \[[^\]]+\] "[^"]*" ([1-5])[0-9]{2} /;
/** `web web/backend-1 0/0/1/2/3 200 512 - - ---- 1/1/0/0/0 0/0 "GET …`: HAProxy. */
const proxied = /\s(?:-?[0-9]+\/){4}\+?[0-9]+ ([1-5])[0-9]{2} [0-9]+ /;
/** `123:M 25 Nov 2026 14:01:07.112 # Out of memory`: Redis. */
const redis = /^[0-9]+:[A-Z] [0-9]{1,2} [A-Z][a-z]{2} [0-9]{4} [0-9:.]+ ([.\-*#]) /;
const redisLevels: Readonly<Record<string, Level>> = { '.': 1, '-': 1, '*': 2, '#': 3 };
/** `ERROR: …` of PHP-FPM and `WARN …` of whoever, right at the start or after the time. */
const leading = new RegExp(
  `^(?:\\[[^\\]]{0,60}\\]|[-0-9T:.,/+Z ]){0,60}(?:(${word.toUpperCase()})(?![A-Za-z])|(${word}|${capitals})(?=:))`,
);

/** The part of a line that is looked at: what a line says of itself it says early. */
const looked = 400;

export function levelOf(line: string): Level {
  const start = line.length > looked ? line.slice(0, looked) : line;
  const status = access.exec(start) ?? proxied.exec(start);
  if (status) return levelOfStatus(status[1] ?? status[2]);
  const own = marked.exec(start);
  if (own) return words[(own[1] ?? own[2] ?? own[3] ?? '').toLowerCase()] ?? levels.other;
  const mark = redis.exec(start);
  if (mark) return redisLevels[mark[1] ?? ''] ?? levels.other;
  const first = leading.exec(start);
  if (first) return words[(first[1] ?? first[2] ?? '').toLowerCase()] ?? levels.other;
  return levels.other;
}

function levelOfStatus(digit: string | undefined): Level {
  if (digit === '5') return levels.error;
  return digit === '4' ? levels.warning : levels.info;
}
