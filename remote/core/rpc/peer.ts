/** What a server sees of the other end of a connection. */
import { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { type DetailedPeerCertificate, TLSSocket } from 'node:tls';

export interface Peer {
  /** PEM of the presented leaf and the intermediates, leaf first; empty without a certificate. */
  readonly chain: readonly string[];
  /** The chain leads to a root of ours and the leaf is valid now: on a kept connection it may have ended since. */
  authorized(): boolean;
  readonly from: string;
}

const known = new WeakMap<Socket, Peer>();

/** The peer of a connection; the certificates are read once per connection. */
export function peerOf(socket: Socket): Peer {
  const before = known.get(socket);
  if (before) return before;
  const from = socket.remoteAddress ?? 'unix socket';
  const peer = socket instanceof TLSSocket ? securePeer(socket, from) : { chain: [], authorized: () => false, from };
  known.set(socket, peer);
  return peer;
}

function securePeer(socket: TLSSocket, from: string): Peer {
  const chain: string[] = [];
  const seen = new Set<string>();
  let ends = 0;
  let next: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (next?.raw && !seen.has(next.fingerprint256)) {
    seen.add(next.fingerprint256);
    const certificate = new X509Certificate(next.raw);
    const root = chain.length > 0 && certificate.checkIssued(certificate);
    if (root) break; // a root is ours to know, not the peer's to present
    if (chain.length === 0) ends = Date.parse(certificate.validTo);
    chain.push(certificate.toString());
    next = next.issuerCertificate;
  }
  return { chain, authorized: () => socket.authorized && Date.now() <= ends, from };
}
