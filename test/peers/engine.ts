/** What scripts/setup/containers.mjs has made ready for these tests. */

function given(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error('Run these tests with: npm run test:peers');
  return value;
}

/** The socket of the container engine. */
export const peerSocket = (): string => given('CONPAAS_PEER_SOCKET');

/** The socket of a second one, which has machines, networks and volumes of its own. */
export const secondSocket = (): string => given('CONPAAS_PEER_SECOND_SOCKET');

/** An address of this network namespace, which its containers reach. */
export const peerAddress = (): string => given('CONPAAS_PEER_ADDRESS');

/** The socket behind which Debian's mirror is. */
export const peerMirror = (): string => given('CONPAAS_PEER_MIRROR');

/** Image of machines without engines. */
export const plainImage = (): string => given('CONPAAS_PEER_PLAIN_IMAGE');
