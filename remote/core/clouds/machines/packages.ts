/** Debian packages that a machine needs beside the engines of its services. */

/** TLS for downloads, the sandbox, terminals. */
export const machinePackages: readonly string[] = [
  'bsdutils',
  'bubblewrap',
  'ca-certificates',
  'curl',
  'iproute2',
  'util-linux',
];
