/** Symbolic links of an archive may point at what is inside it, and nowhere else. */
import { badArchive } from './limits.ts';
import { quoted } from './names.ts';

/**
 * Follows every link through all other links, as the kernel will.
 * @param links target by path, both relative to the root that the archive is unpacked to
 * @throws ConpaasError bad_archive naming the first link that leaves the root or goes in circles
 */
export function checkLinks(links: ReadonlyMap<string, string>): void {
  for (const [path, target] of links) {
    if (target.startsWith('/') || target === '' || /[\p{Cc}\\]/u.test(target))
      throw badArchive(`The archive holds the link ${quoted(path)} to ${quoted(target)}, which is not inside it.`);
    resolve(path, target, links);
  }
}

function resolve(path: string, target: string, links: ReadonlyMap<string, string>): void {
  const at = path.split('/').slice(0, -1);
  const pending = target.split('/').reverse();
  let followed = 0;
  for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (at.pop() === undefined)
        throw badArchive(`The archive holds the link ${quoted(path)} to ${quoted(target)}, which leads out of it.`);
      continue;
    }
    at.push(part);
    const next = links.get(at.join('/'));
    if (next === undefined) continue;
    if (++followed > 40 || pending.length > 4096)
      throw badArchive(`The archive holds the link ${quoted(path)}, which leads in a circle.`);
    if (next.startsWith('/'))
      throw badArchive(`The archive holds the link ${quoted(path)} to ${quoted(target)}, which leads out of it.`);
    at.pop();
    pending.push(...next.split('/').reverse());
  }
}
