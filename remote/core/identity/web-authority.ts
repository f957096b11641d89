/**
 * The authority for websites of a deployment: a root of its own, apart from identities in every way. No process trusts
 * it, it issues for private names alone, and its certificates are for servers and carry no identity.
 */

import { createPublicKey } from 'node:crypto';
import { ConpaasError } from '../contract/errors.ts';
import type { DeploymentId } from '../contract/ids.ts';
import { isPrivateName, privateSuffixes } from '../web/index.ts';
import { buildCertificate } from './certificate.ts';
import { keyToCertify } from './request.ts';

/** Browsers refuse longer ones of public authorities; a short life keeps the way of renewal in use. Milliseconds. */
export const websiteLifeMs = 90 * 86_400_000;
/** Whoever trusts it has to do so by hand, so seldom. Milliseconds. */
const authorityLifeMs = 3650 * 86_400_000;

export interface WebAuthority {
  /** PEM: what browsers are to trust. */
  readonly certificate: string;
  /**
   * A certificate for one website, PEM, leaf only.
   * @throws ConpaasError forbidden: the name may lead elsewhere on the internet; invalid_request: the key is bad
   */
  issue(name: string, publicKeyPem: string, now?: number): Promise<string>;
}

/** The authority's own certificate, PEM. @param key of `generateCaKey` */
export function createWebAuthority(key: string, deployment: DeploymentId, now = Date.now()): Promise<string> {
  return buildCertificate({
    purpose: { kind: 'web authority', deployment, suffixes: privateSuffixes },
    publicKey: createPublicKey(key),
    signer: { key },
    lifetimeMs: authorityLifeMs,
    now,
  });
}

/** @param certificate of `createWebAuthority` */
export function openWebAuthority(key: string, certificate: string): WebAuthority {
  return {
    certificate,
    async issue(name, publicKeyPem, now = Date.now()) {
      if (!isPrivateName(name)) throw new ConpaasError('forbidden', publicNameMessage(name), { retry: false });
      return buildCertificate({
        purpose: { kind: 'website', name },
        publicKey: await keyToCertify(publicKeyPem),
        signer: { key, certificate },
        lifetimeMs: websiteLifeMs,
        now,
      });
    },
  };
}

function publicNameMessage(name: string): string {
  return (
    `${name} can belong to somebody on the internet, and this deployment's own authority certifies private names only ` +
    `(${privateSuffixes.map((suffix) => `.${suffix}`).join(', ')}), so that nobody risks anything by trusting it. ` +
    'Set https_certificates to acme, or use a private name.'
  );
}
