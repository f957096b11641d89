import type { ServiceInfo } from '../../remote/core/contract/application.ts';
import type { DomainInfo } from '../../remote/core/contract/domains.ts';
import { type Loaded, useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';

/** A certificate comes within seconds, and nothing tells of it. */
const everyMs = 3_000;

/**
 * The domains of an application with the state of their certificates.
 * @param services undefined: not read yet
 */
export function useDomains(
  application: string,
  services: readonly ServiceInfo[] | undefined,
): Loaded<readonly DomainInfo[]> {
  const names = (services ?? []).flatMap(({ domains }) => domains ?? []);
  const none = names.length === 0;
  return useLoaded<readonly DomainInfo[]>(
    async () => (none ? [] : hub.manager(application, 'list_domains', {})),
    [application, names],
    none ? undefined : everyMs,
  );
}
