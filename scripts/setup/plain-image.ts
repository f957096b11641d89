/**
 * An image of machines as the clouds' own images are: Debian without engines, whose sources of apt lead to a mirror. For
 * tests and benches, in the container engine that DOCKER_HOST names. `node scripts/setup/plain-image.ts <name> <mirror>`
 */
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract, pack } from 'tar-stream';
import { debianRoot } from '../../main/images/debian-root.ts';
import { importImage } from '../../remote/core/clouds/containers/image.ts';
import { engineSocket } from '../../remote/core/clouds/containers/socket.ts';

const [name = '', mirror = ''] = process.argv.slice(2);
const never = new AbortController().signal;
const root = debianRoot({
  packages: ['tini', 'curl', 'ca-certificates', 'iproute2', 'debian-archive-keyring', 'openssh-server'],
  signal: never,
  onLine: (line) => console.error(line),
});

/** What mmdebstrap has made, with sources of its own in it. */
const archive = new PassThrough();
const packed = pack();
const unpacked = extract();
const sources = [
  `deb ${mirror}/debian bookworm main`,
  `deb ${mirror}/debian bookworm-updates main`,
  `deb ${mirror}/debian-security bookworm-security main`,
  '',
].join('\n');
unpacked.on('entry', (header, stream, next) => {
  const own = header.name.replace(/^\.?\//, '').startsWith('etc/apt/sources.list');
  if (own) {
    stream.resume();
    stream.once('end', next);
    return;
  }
  if (header.type !== 'file') {
    stream.resume();
    packed.entry(header, next);
    return;
  }
  pipeline(
    stream,
    packed.entry(header, () => undefined),
  ).then(() => next(), next);
});
unpacked.once('finish', () => {
  packed.entry({ name: './etc/apt/sources.list', mode: 0o644 }, sources);
  packed.finalize();
});
pipeline(packed, archive).catch((error: Error) => archive.destroy(error));
pipeline(Readable.from(root), unpacked).catch((error: Error) => archive.destroy(error));
console.log(await importImage(archive, never, engineSocket(), name));
