/**
 * All that tests and benches of containers need: an engine of their own in a network namespace of its own, the images, and
 * a way from there to Debian's mirror. Node built-ins only.
 */
import path from 'node:path';
import { startEngine } from './engine.mjs';
import { relayMirror } from './mirror-relay.mjs';
import { namespaceAddress } from './namespace.mjs';
import { must, root, runtime } from './run.mjs';

const image = 'localhost/conpaas-machine:latest';
/** Its sources of apt lead to the namespace's address. */
const plainImage = 'localhost/conpaas-plain:latest';
const advice = 'The lines above say why.';

/**
 * @param start which engine: of `engine.mjs`, which has another one beside it, or of `docker.mjs`
 * @returns words that run a program in the namespace, the environment for it, and what ends it all
 */
export async function startContainers(start = startEngine) {
  const engine = await start();
  try {
    const docker = { DOCKER_HOST: `unix://${engine.socket}` };
    // Images are made outside of the namespace, where the mirror of packages is.
    if (!(await engine.hasImage(image, '/opt/conpaas/node.sha256'))) {
      await must(runtime, [path.join(root, 'dist/main/cli.mjs'), 'image', 'build'], advice, { env: docker });
    }
    if (!(await engine.hasImage(plainImage, '/usr/sbin/sshd'))) {
      const script = path.join(root, 'scripts/setup/plain-image.ts');
      await must(runtime, [script, plainImage, `http://${namespaceAddress}`], advice, { env: docker });
    }
    const socket = path.join(path.dirname(engine.socket), 'mirror.sock');
    const relay = await relayMirror(socket);
    const env = {
      ...docker,
      CONPAAS_PEER_SOCKET: engine.socket,
      CONPAAS_PEER_ADDRESS: namespaceAddress,
      CONPAAS_PEER_MIRROR: socket,
      CONPAAS_PEER_PLAIN_IMAGE: plainImage,
      ...(engine.beside && { CONPAAS_PEER_SECOND_SOCKET: await engine.beside() }),
    };
    const stop = async () => {
      await relay.close();
      await engine.stop();
    };
    return { inside: engine.inside, env, stop };
  } catch (error) {
    await engine.stop();
    throw error;
  }
}
