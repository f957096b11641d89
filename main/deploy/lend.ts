/** What a director gets to drive a cloud with. */
import type { Fields } from '../credentials/index.ts';
import type { DirectorClient } from './director.ts';

/** Credentials, or none: then it asks this desktop. */
export type LentAccess = { readonly by: 'credentials'; readonly credentials: Fields } | { readonly by: 'desktop' };

/** Gives a director access to one of its clouds, in place of what it had. */
export async function lend(
  client: DirectorClient,
  cloud: string,
  access: LentAccess,
  signal: AbortSignal,
): Promise<void> {
  if (access.by === 'desktop') await client.call('ask_desktop', { cloud }, { signal });
  else await client.call('lend_credentials', { cloud, credentials: access.credentials }, { signal });
}
