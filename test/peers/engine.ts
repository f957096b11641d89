/** The socket of the container engine that scripts/peers.mjs has started for these tests. */
export function peerSocket(): string {
  const socket = process.env['CONPAAS_PEER_SOCKET'];
  if (socket === undefined) throw new Error('Run these tests with: npm run test:peers');
  return socket;
}
