/** For tests: images of the fake OpenNebula: data blocks that are volumes, and disks of machines that were saved. */
import { codes } from '../errors.ts';
import { Refused, readTemplate, toXml, type Vectors } from './rpc.ts';

export interface Image {
  readonly id: number;
  readonly name: string;
  readonly attributes: Vectors;
  readonly registeredAt: number;
  /** When it is written, milliseconds of the monotonic clock. */
  readonly writtenAt: number;
  machine: number | undefined;
}

export type Arguments = readonly (string | number | boolean)[];

export interface FakeImages {
  readonly images: Map<number, Image>;
  allocate(values: Arguments): number;
  remove(values: Arguments): number;
  /** @param size MB */
  save(name: string, size: string): number;
  toXml(image: Image): string;
}

/** How long the disk of a machine takes to be written, milliseconds. */
const workMs = 20;

/** @param may refuses a method whoever has not all these rights */
export function createFakeImages(may: (method: string, ...wanted: readonly string[]) => void): FakeImages {
  const images = new Map<number, Image>();
  let next = 10;

  function add(method: string, name: string, attributes: Vectors, takesMs: number): number {
    const taken = [...images.values()].find((one) => one.name === name);
    if (taken) throw new Refused(codes.internal, `[${method}] NAME is already taken by IMAGE ${taken.id}.`);
    const id = next++;
    const registeredAt = Math.floor(Date.now() / 1000);
    const writtenAt = performance.now() + takesMs;
    images.set(id, { id, name, attributes, registeredAt, writtenAt, machine: undefined });
    return id;
  }

  return {
    images,
    allocate([template]) {
      may('one.image.allocate', 'CREATE IMAGE', 'USE DATASTORE');
      const { NAME: name, ...attributes } = readTemplate(String(template));
      return add('one.image.allocate', String(name), attributes, 0);
    },
    save(name, size) {
      may('one.vm.disksaveas', 'CREATE IMAGE', 'USE DATASTORE');
      return add('one.vm.disksaveas', name, { TYPE: 'OS', SIZE: size }, workMs);
    },
    remove([id]) {
      const image = images.get(Number(id));
      if (!image) throw new Refused(codes.noExists, `[one.image.info] Error getting image [${id}].`);
      if (image.machine !== undefined) {
        throw new Refused(codes.action, `[one.image.delete] Cannot delete image [${image.id}]: it is in use.`);
      }
      images.delete(image.id);
      return image.id;
    },
    toXml({ id, name, attributes, registeredAt, writtenAt, machine }) {
      const { TYPE: type, SIZE: size, PERSISTENT: persistent, ...more } = attributes;
      const vms = machine === undefined ? '<VMS/>' : `<VMS><ID>${machine}</ID></VMS>`;
      const state = performance.now() < writtenAt ? 4 : machine === undefined ? 1 : 8;
      return (
        `<IMAGE><ID>${id}</ID><UID>3</UID><GID>1</GID><UNAME>conpaas</UNAME><NAME>${name}</NAME>` +
        `<TYPE>${type === 'OS' ? 0 : 2}</TYPE><PERSISTENT>${persistent === 'YES' ? 1 : 0}</PERSISTENT>` +
        `<REGTIME>${registeredAt}</REGTIME><SIZE>${String(size)}</SIZE><STATE>${state}</STATE>` +
        `<RUNNING_VMS>0</RUNNING_VMS>${vms}<TEMPLATE>${toXml(more)}</TEMPLATE></IMAGE>`
      );
    },
  };
}
