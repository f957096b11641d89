/** The texts of the names of an application's services, and of their certificates. */
import type { DomainInfo } from '../../remote/core/contract/domains.ts';
import { type Catalogue, useCatalogue } from '../texts/catalogue.ts';

const states: Readonly<Record<DomainInfo['state'], string>> = {
  waiting: 'asking',
  installing: 'installing',
  valid: 'valid',
  expired: 'expired',
  failed: 'no certificate',
};

const english = {
  title: 'Domains',
  text: 'Names that users reach a service by. Each gets a certificate, which is renewed in time; HTTP leads to HTTPS then.',
  failed: 'The domains could not be read',
  states,
  /** It still has one, but the next one was refused. */
  notRenewed: 'valid, not renewed',
  columns: { name: 'Name', certificate: 'Certificate', ends: 'Ends' },
  settings: (links: string) => `Who certifies, redirects and HSTS are settings of the service: ${links}`,
  configuration: (service: string) => `Configuration of ${service}`,
  more: 'Certificates, more names',
  by: (issuer: string) => `by ${issuer}`,
  triedAgain: (time: string) => `tried again ${time}`,
  renewed: (time: string) => `renewed ${time}`,
  retry: 'Retry',
  retryThis: (name: string) => `Retry ${name}`,
  renew: 'Renew',
  renewThis: (name: string) => `Renew ${name}`,
  asked: (name: string) => `A certificate for ${name} is asked for.`,
  remove: {
    button: 'Remove…',
    label: (name: string) => `Remove ${name}`,
    title: (name: string) => `Remove ${name}?`,
    text: (service: string) => `${service} answers for it no more, and its certificate is deleted.`,
    action: 'Remove',
  },
  add: {
    label: 'A further name',
    taken: 'It is a domain already.',
    service: 'Service',
    button: 'Add the name',
  },
  trust: {
    button: 'Trust it on this computer…',
    action: 'Trust the authority for websites on this computer…',
    title: 'Trust this deployment’s websites',
    text: 'Names that exist on your own networks only are certified by an authority of this deployment, which browsers do not know. Save its certificate, and tell the browser or the system to trust it.',
    only: (suffixes: readonly string[]) =>
      `It can certify names below ${suffixes.join(', ')}, and no others: trusting it endangers no other site.`,
    fingerprint: (digest: string) => `SHA-256 ${digest}`,
    /** A remark in a shell, between a command and the one that undoes it. */
    toUndo: '# To undo it:',
    saved: (file: string) => `Saved as ${file}.`,
    close: 'Close',
    save: 'Save the certificate…',
  },
};

export type DomainTexts = typeof english;

const texts: Catalogue<DomainTexts> = { en: english };

export const useDomainTexts = (): DomainTexts => useCatalogue(texts);
