/** A Debian package out of an unpacked application, without a download (electron-builder's own way needs fpm). */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import installer from 'electron-installer-debian';
import { root } from '../setup/run.mjs';

/**
 * @param {{ source: string, destination: string, version: string }} options
 * @returns {Promise<string>} path of the package
 */
export async function buildDebian({ source, destination, version }) {
  const linux = path.join(root, 'scripts/packaging/linux');
  await installer({
    src: source,
    dest: destination,
    arch: 'amd64',
    options: {
      name: 'conpaas-desktop',
      productName: 'ConPaaS Desktop',
      genericName: 'Platform as a service',
      description: 'A platform-as-a-service that you run from your desktop',
      productDescription: 'Runs applications on this computer or on your own cloud account, from a small manifest.',
      version,
      bin: 'conpaas-desktop',
      section: 'devel',
      categories: ['Development'],
      maintainer: 'The ConPaaS Desktop developers',
      icon: Object.fromEntries(
        [16, 32, 48, 64, 128, 256, 512].map((size) => [
          `${size}x${size}`,
          path.join(root, `scripts/packaging/icons/${size}x${size}.png`),
        ]),
      ),
      mimeType: ['x-scheme-handler/conpaas', 'application/x-conpaas-manifest'],
      scripts: { postinst: path.join(linux, 'postinst'), prerm: path.join(linux, 'prerm') },
      // The engines of the local cloud; a program that is missing is named when it is needed.
      recommends: ['nginx-light', 'haproxy', 'redis-server', 'mariadb-server', 'mariadb-client', 'bubblewrap'],
      compression: 'zstd',
    },
    rename: (folder) => path.join(folder, '<%= name %>_<%= version %>_<%= arch %>.deb'),
  });
  const made = readdirSync(destination).find((name) => name.endsWith('.deb'));
  if (made === undefined) throw new Error('No Debian package was made.');
  return path.join(destination, made);
}
