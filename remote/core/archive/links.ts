/** Symbolic links of a tree may point at what is inside it, and nowhere else. */
import { quoted } from './names.ts';

const mostFollowed = 40;

/**
 * Follows every link through all other links, as the kernel will.
 * @param links target by path, both relative to the root of the tree
 * @returns what is wrong with the first bad one: `link "a" to "../../b", which leads out of it`
 */
export function findBadLink(links: ReadonlyMap<string, string>): string | undefined {
  for (const [path, target] of links) {
    const reason = followLink(path, target, links);
    if (reason !== undefined) return `link ${quoted(path)} to ${quoted(target)}, which ${reason}`;
  }
  return undefined;
}

/** Why a link is bad, as the end of a sentence. */
function followLink(path: string, target: string, links: ReadonlyMap<string, string>): string | undefined {
  if (target === '' || /[\p{Cc}\\]/u.test(target)) return 'is no path';
  if (target.startsWith('/')) return 'leads out of it';
  const at = path.split('/').slice(0, -1);
  const pending = target.split('/').reverse();
  let followed = 0;
  for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (at.pop() === undefined) return 'leads out of it';
      continue;
    }
    at.push(part);
    const next = links.get(at.join('/'));
    if (next === undefined) continue;
    if (++followed > mostFollowed || pending.length > 4096) return 'leads in a circle';
    if (next.startsWith('/')) return 'leads out of it';
    at.pop();
    pending.push(...next.split('/').reverse());
  }
  return undefined;
}
