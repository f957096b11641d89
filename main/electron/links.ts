/**
 * Deep links: `conpaas://open/DIRECTOR/app/NAME/service/NAME`. They lead somewhere and never do anything. Whoever makes
 * one is a stranger: what does not have exactly this form is no link.
 */
import { z } from 'zod';

/** No control characters, no slashes: such names do not exist. */
const name = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}/\\]+$/u);

const Link = z.strictObject({
  /** Name or id. */
  director: name,
  application: name.optional(),
  service: name.optional(),
});
export type Link = z.infer<typeof Link>;

/** The link in a text, or undefined where it is none. Pure. */
export function parseLink(text: string): Link | undefined {
  if (text.length > 1000) return undefined;
  let url: URL;
  let parts: string[];
  try {
    url = new URL(text);
    parts = url.pathname.split('/').slice(1).map(decodeURIComponent);
  } catch {
    return undefined;
  }
  if (url.protocol !== 'conpaas:' || url.host !== 'open' || url.search || url.hash) return undefined;
  if (url.username || url.password) return undefined;
  const [director, app, application, services, service] = parts;
  if (![1, 3, 5].includes(parts.length)) return undefined;
  if ((parts.length > 1 && app !== 'app') || (parts.length > 3 && services !== 'service')) return undefined;
  const parsed = Link.safeParse({
    director,
    ...(application === undefined ? {} : { application }),
    ...(service === undefined ? {} : { service }),
  });
  return parsed.success ? parsed.data : undefined;
}
