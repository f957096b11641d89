/** An ACME authority for tests: Pebble where it was built, else a stand-in. Tests name the peer that they have had. */
import { createPublicKey } from 'node:crypto';
import { buildCertificate } from '../../remote/core/identity/certificate.ts';
import { generateCaKey, generateKey } from '../../remote/core/identity/index.ts';
import type { Authority, LocalTls } from './kinds.ts';
import { openPebble, pebbleDirectory } from './pebble.ts';
import { openStandIn } from './stand-in.ts';

/** Which peer tests have here. */
export const peer = pebbleDirectory === undefined ? 'a stand-in for an ACME authority' : 'Pebble';

/** @param httpPort where it asks names, in place of 80 */
export async function openAuthority(httpPort: number): Promise<Authority> {
  const tls = await tlsForLocalhost();
  return pebbleDirectory === undefined ? openStandIn(httpPort, tls) : openPebble(pebbleDirectory, httpPort, tls);
}

async function tlsForLocalhost(): Promise<LocalTls> {
  const [rootKey, key] = await Promise.all([generateCaKey(), generateKey()]);
  const times = { lifetimeMs: 86_400_000, now: Date.now() };
  const root = await buildCertificate({
    purpose: { kind: 'root', name: 'HTTPS of an authority for tests' },
    publicKey: createPublicKey(rootKey),
    signer: { key: rootKey },
    ...times,
  });
  const certificate = await buildCertificate({
    purpose: { kind: 'website', name: 'localhost' },
    publicKey: createPublicKey(key),
    signer: { key: rootKey, certificate: root },
    ...times,
  });
  return { root, key, certificate };
}
