/** Which paths of a code version are static files that web nodes serve. */
import { z } from 'zod';

/**
 * Names that are never given out as files: code, and what people leave lying about beside it. Also used as a regular
 * expression by nginx (PCRE), case-insensitively: keep to what both understand.
 */
export const privateFile =
  /(\.(php[0-9]?|phps|phtml|phar|inc|sql|sql\.gz|sqlite3?|bak|old|orig|save|swp|ini|sh|lock|twig)|~)$/i;

const Entry = z.object({ path: z.string() });

/** HAProxy compares the path as it stands in the request: only names that nobody would write in two ways. */
const plainPath = /^[A-Za-z0-9_./@+,=-]+$/;

/** Whether requests for a file of a code tree (path without leading slash) go to the web nodes. */
function isStatic(path: string): boolean {
  if (!plainPath.test(path) || privateFile.test(path)) return false;
  return path.split('/').every((part) => part !== '' && !part.startsWith('.')) || path.startsWith('.well-known/');
}

/** The static paths (with leading slash) of a listing: JSON lines `{path, size, sha256}`. Bad lines are skipped. */
export function staticPaths(listing: string): string[] {
  const paths: string[] = [];
  for (const line of listing.split('\n')) {
    if (line === '') continue;
    const entry = Entry.safeParse(parse(line));
    if (entry.success && isStatic(entry.data.path)) paths.push(`/${entry.data.path}`);
  }
  return paths;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // not an entry: skipped by the caller
  }
}
