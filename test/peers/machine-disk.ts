/** The directory of the disk for machines of QEMU that scripts/peers.mjs has made for these tests. */
export function machineDisk(): string {
  const directory = process.env['CONPAAS_QEMU_IMAGE'];
  if (directory === undefined) throw new Error('Run these tests with: npm run test:peers');
  return directory;
}
