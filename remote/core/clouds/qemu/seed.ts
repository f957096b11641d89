/**
 * The disk by which cloud-init comes by what a machine is (its data source NoCloud): a volume called `cidata` with a few
 * files. ECMA-119 (ISO 9660), as much of it as that takes: one directory, names as they are, which Linux takes.
 */
import { busPrefix, cardsOf, outside } from './addresses.ts';
import type { MachineRecord } from './record.ts';

const sector = 2048;
const rootSector = 20;
const firstFileSector = 21;

/** Files of the seed of a machine, by name. */
export function seedFiles(
  { id, name, inside }: Pick<MachineRecord, 'id' | 'name' | 'inside'>,
  userData: string,
): Readonly<Record<string, string>> {
  const cards = cardsOf(inside);
  // JSON is YAML. Version 1: Debian's own tools for networks understand it.
  const network = {
    version: 1,
    config: [
      {
        ...{ type: 'physical', name: 'eth0', mac_address: cards.bus },
        subnets: [{ type: 'static', address: `${inside}/${busPrefix}` }],
      },
      {
        ...{ type: 'physical', name: 'eth1', mac_address: cards.outside },
        subnets: [{ type: 'static', address: `${outside.address}/${outside.prefix}` }],
      },
    ],
  };
  return {
    // Nothing of it is to be had by the network, so cloud-init need not wait for that.
    'meta-data': `${JSON.stringify({ 'instance-id': id, 'local-hostname': name, dsmode: 'local' })}\n`,
    'network-config': `${JSON.stringify(network)}\n`,
    'user-data': userData,
  };
}

/** A volume of that name with those files in its root. */
export function isoImage(volume: string, files: Readonly<Record<string, string>>): Buffer {
  const contents = Object.entries(files)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, text]) => ({ name, data: Buffer.from(text) }));
  let next = firstFileSector;
  const placed = contents.map(({ name, data }) => {
    const at = next;
    next += Math.max(1, Math.ceil(data.length / sector));
    return { name, data, at };
  });
  const image = Buffer.alloc(next * sector);
  const root = directoryRecord('\0', rootSector, sector, true);

  primaryDescriptor(volume, next, root).copy(image, 16 * sector);
  Buffer.from('\xffCD001\x01', 'latin1').copy(image, 17 * sector);
  // The table of paths, which has the root alone, in both orders of bytes.
  const path = Buffer.from([1, 0, 0, 0, 0, 0, 1, 0, 0, 0]);
  path.writeUInt32LE(rootSector, 2);
  path.copy(image, 18 * sector);
  Buffer.from([1, 0, 0, 0, 0, rootSector, 0, 1, 0, 0]).copy(image, 19 * sector);

  const entries = [root, directoryRecord('\x01', rootSector, sector, true)];
  entries.push(...placed.map(({ name, data, at }) => directoryRecord(name, at, data.length, false)));
  const directory = Buffer.concat(entries);
  if (directory.length > sector) throw new RangeError('These files do not fit in one directory.');
  directory.copy(image, rootSector * sector);
  for (const { data, at } of placed) data.copy(image, at * sector);
  return image;
}

/** ECMA-119, 8.4. */
function primaryDescriptor(volume: string, sectors: number, root: Buffer): Buffer {
  const descriptor = Buffer.alloc(sector);
  descriptor.write('\x01CD001\x01', 0, 'latin1');
  descriptor.fill(' ', 8, 72).write(volume, 40, 'latin1');
  both32(sectors).copy(descriptor, 80);
  both16(1).copy(descriptor, 120);
  both16(1).copy(descriptor, 124);
  both16(sector).copy(descriptor, 128);
  both32(10).copy(descriptor, 132); // size of the table of paths
  descriptor.writeUInt32LE(18, 140);
  descriptor.writeUInt32BE(19, 148);
  root.copy(descriptor, 156);
  descriptor.fill(' ', 190, 813);
  for (const at of [813, 830, 847, 864]) descriptor.write('0000000000000000', at, 'latin1');
  descriptor.writeUInt8(1, 881);
  return descriptor;
}

/** ECMA-119, 9.1; dates are left out. */
function directoryRecord(name: string, at: number, size: number, isDirectory: boolean): Buffer {
  const identifier = Buffer.from(name, 'latin1');
  const length = 33 + identifier.length + ((identifier.length + 1) % 2);
  const record = Buffer.alloc(length);
  record.writeUInt8(length, 0);
  both32(at).copy(record, 2);
  both32(size).copy(record, 10);
  record.writeUInt8(isDirectory ? 2 : 0, 25);
  both16(1).copy(record, 28);
  record.writeUInt8(identifier.length, 32);
  identifier.copy(record, 33);
  return record;
}

function both32(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(value, 0);
  bytes.writeUInt32BE(value, 4);
  return bytes;
}

function both16(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16LE(value, 0);
  bytes.writeUInt16BE(value, 2);
  return bytes;
}
