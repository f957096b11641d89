/** Domains of services and their certificates: what managers serve of them to users, and directors to managers. */
import { z } from 'zod';
import { DomainName } from '../web/names.ts';
import { Failure } from './errors.ts';
import { done, method, nothing } from './method.ts';
import { Started } from './operation.ts';

const service = z.string().min(1);

/** Names of the secrets that hold keys of certificates and of accounts; nobody sets or sees them. */
export const webSecretPrefix = 'https/';

/** One name of a service and how it stands with its certificate. Times: milliseconds since the epoch. */
export const DomainInfo = z.object({
  /** Name of the service. */
  service: z.string(),
  name: z.string(),
  /** Who is to certify it: `own`, or the directory of an ACME authority. */
  source: z.string(),
  /**
   * waiting: there is none yet, and nothing has failed. installing: proxies are taking it. valid: served by all of
   * them. expired: it has ended. failed: there is none, and the last attempt has failed.
   */
  state: z.enum(['waiting', 'installing', 'valid', 'expired', 'failed']),
  /** Where it is served with it. */
  url: z.string().optional(),
  certificate: z.object({ issuer: z.string(), notBefore: z.number(), notAfter: z.number() }).optional(),
  /** When the next one is asked for; absent: at once, or being done. */
  nextAttemptAt: z.number().optional(),
  /** Why the last attempt has failed; beside a valid certificate: why it was not renewed. */
  failure: Failure.optional(),
});
export type DomainInfo = z.infer<typeof DomainInfo>;

export const domainMethods = {
  list_domains: method({
    kind: 'query',
    params: z.strictObject({ service: service.optional() }),
    result: z.array(DomainInfo),
    callers: ['user'],
    since: 1,
    doc: 'Domains of a service, or of all, with the state of their certificates.',
  }),
  add_domain: method({
    kind: 'command',
    params: z.strictObject({ service, name: DomainName }),
    result: Started,
    callers: ['user'],
    since: 1,
    doc: 'A further name that a service answers for; it gets a certificate.',
  }),
  remove_domain: method({
    kind: 'command',
    params: z.strictObject({ service, name: z.string().max(253) }),
    result: Started,
    callers: ['user'],
    since: 1,
    doc: 'A service answers for a name no more; its certificate is deleted.',
  }),
  renew_domain: method({
    kind: 'command',
    params: z.strictObject({ service, name: z.string().max(253) }),
    result: done,
    callers: ['user'],
    since: 1,
    doc: 'Asks for a new certificate for a name now, also where the last attempt has failed.',
  }),
};

export const directorWebMethods = {
  get_web_authority: method({
    kind: 'query',
    params: nothing,
    result: z.object({
      /** PEM. */
      certificate: z.string(),
      notAfter: z.number(),
      /** SHA-256, as browsers show it. */
      fingerprint: z.string(),
      /** It can certify names below these, and no others. */
      suffixes: z.array(z.string()),
    }),
    callers: ['user'],
    since: 1,
    doc: 'The certificate of the authority for websites with private names, for browsers to trust.',
  }),
  issue_web_certificate: method({
    kind: 'command',
    params: z.strictObject({ name: DomainName, publicKey: z.string().max(8192) }),
    result: z.object({ chain: z.string() }),
    callers: ['manager'],
    since: 1,
    doc: 'A certificate for a private name that a service of the own application has as a domain.',
  }),
  keep_web_secrets: method({
    kind: 'command',
    params: z.strictObject({ names: z.array(z.string().startsWith(webSecretPrefix)).max(10_000) }),
    result: done,
    callers: ['manager'],
    since: 1,
    doc: 'Deletes the keys of certificates of the own application that are not named here: their domains are gone.',
  }),
};
