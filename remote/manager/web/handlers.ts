/** Domains, as users ask for them: see core/contract/domains.ts. */
import type { z } from 'zod';
import type { domainMethods } from '../../core/contract/domains.ts';
import { ConpaasError } from '../../core/contract/errors.ts';
import type { Call, Handlers } from '../../core/contract/method.ts';
import type { Started } from '../../core/contract/operation.ts';
import type { DesiredService } from '../../core/service/state.ts';
import type { Manager } from '../manager.ts';
import { findService } from '../nodes.ts';
import type { ConfigureParams } from '../service-operations.ts';

/** As in the manifest. */
const mostDomains = 100;

export function domainHandlers(
  manager: Pick<Manager, 'desired' | 'specs' | 'web'>,
  start: (kind: string, params: ConfigureParams, call: Call) => Promise<z.infer<typeof Started>>,
): Handlers<typeof domainMethods> {
  const { desired, specs, web } = manager;
  const find = (name: string): DesiredService => {
    const service = findService(desired.state, name);
    if (specs[service.type]?.domains) return service;
    throw new ConpaasError('conflict', `${service.name} (${service.type}) has no proxy, so it takes no domains.`);
  };
  const named = (service: string, name: string) => {
    const own = find(service);
    const lower = name.toLowerCase();
    if (own.domains.includes(lower)) return { own, lower };
    throw new ConpaasError('not_found', `${own.name} has no domain ${name}.`);
  };
  return {
    list_domains: async ({ service }) => web.list(service === undefined ? desired.state.services : [find(service)]),
    add_domain: async ({ service, name }, call) => {
      const own = find(service);
      const lower = name.toLowerCase();
      const owner = desired.state.services.find(({ domains }) => domains.includes(lower));
      if (owner) throw new ConpaasError('conflict', `${lower} is a domain of ${owner.name} already.`);
      if (own.domains.length >= mostDomains) {
        throw new ConpaasError('conflict', `${own.name} has ${mostDomains} domains already, which is the most.`);
      }
      return start('set_configuration', { service: own.id, domains: [...own.domains, lower] }, call);
    },
    remove_domain: async ({ service, name }, call) => {
      const { own, lower } = named(service, name);
      const domains = own.domains.filter((domain) => domain !== lower);
      return start('set_configuration', { service: own.id, domains }, call);
    },
    renew_domain: async ({ service, name }) => {
      const { own, lower } = named(service, name);
      web.renew(own, lower);
      return {};
    },
  };
}
