/** Domains of services and the authority for websites, scripted. */
import type { DirectorMethods } from '../../../remote/core/contract/director.ts';
import type { DomainInfo } from '../../../remote/core/contract/domains.ts';
import type { ManagerMethods } from '../../../remote/core/contract/manager.ts';
import { privateSuffixes } from '../../../remote/core/web/index.ts';
import type { Script, Scripted } from './script.ts';

const day = 86_400_000;
const application = 'app-guestbook';

/** How the domains of any service stand: the first has a certificate, the others have got none. */
function infoOf(service: string, name: string, index: number): DomainInfo {
  const now = Date.now();
  if (index === 0) {
    return {
      service,
      name,
      source: 'own',
      state: 'valid',
      url: `https://${name}`,
      certificate: { issuer: 'ConPaaS websites of d-scripted', notBefore: now - day, notAfter: now + 89 * day },
      nextAttemptAt: now + 59 * day,
    };
  }
  return {
    service,
    name,
    source: 'https://acme-v02.api.letsencrypt.org/directory',
    state: 'failed',
    nextAttemptAt: now + 240_000,
    failure: {
      code: 'source_unreachable',
      message: `acme-v02.api.letsencrypt.org has not certified ${name}: it found no address for the name. Check that the DNS has an A (or AAAA) record of the name that leads to the proxy. It said: NXDOMAIN looking up A for ${name}`,
      retry: true,
    },
  };
}

export function domainMethods(script: Script): Scripted<ManagerMethods> {
  const done = (kind: string, params: { service: string; name: string }) => {
    script.take(kind, params, undefined);
    return script.done('set_configuration', `Configure ${params.service}`, { application, service: params.service });
  };
  return {
    list_domains: async (params) => {
      const { services } = script.find(application);
      const all = services.flatMap(({ name: service, domains = [] }) =>
        domains.map((name, index) => infoOf(service, name, index)),
      );
      return script.take('list_domains', params, all);
    },
    add_domain: async (params) => done('add_domain', params),
    remove_domain: async (params) => done('remove_domain', params),
    renew_domain: async (params) => script.take('renew_domain', params, {}),
  };
}

export function webAuthorityMethods(script: Script): Scripted<DirectorMethods> {
  return {
    get_web_authority: async (params) =>
      script.take('get_web_authority', params, {
        certificate: '-----BEGIN CERTIFICATE-----\nc2NyaXB0ZWQ=\n-----END CERTIFICATE-----\n',
        notAfter: Date.now() + 3_000 * day,
        fingerprint: Array.from({ length: 32 }, () => 'AB').join(':'),
        suffixes: [...privateSuffixes],
      }),
  };
}
