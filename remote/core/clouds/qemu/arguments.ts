/** The words that QEMU is started with; paths of a machine's files are relative to its directory. */
import path from 'node:path';
import { openPorts } from '../machines/ports.ts';
import { busOf, cardsOf } from './addresses.ts';
import { type Board, boards } from './boards.ts';
import { architectureOf } from './image.ts';
import { files, type MachineRecord } from './record.ts';

export type Acceleration = 'kvm' | 'none';

export interface MachineOptions {
  readonly record: Pick<MachineRecord, 'id' | 'tags' | 'inside' | 'loopback' | 'image'>;
  readonly cpus: number;
  readonly memoryMb: number;
  /** Where the files of its image are. */
  readonly imageDirectory: string;
  readonly acceleration: Acceleration;
  /** What it is to have from its start. */
  readonly volumes?: readonly { readonly id: string; readonly file: string }[];
}

/** Controller of the disks of volumes: they come and go while a machine runs. */
const controller = 'volumes';

/** The file of a volume, as QEMU's `-blockdev` and `blockdev-add` know it. */
export function blockDevice(id: string, file: string) {
  return {
    ...{ driver: 'raw', 'node-name': id, discard: 'unmap' },
    file: { driver: 'file', filename: file, discard: 'unmap' },
  };
}

/** The disk of a volume, as `-device` and `device_add` know it; a machine knows it by its serial number. */
export function diskDevice(id: string) {
  return { driver: 'scsi-hd', id: `disk-${id}`, bus: `${controller}.0`, drive: id, serial: id, device_id: id };
}

/** Processor and acceleration. Emulation of this computer's own kind of processor may use a thread for each of its cores. */
export function processorArguments(acceleration: Acceleration, { emulated }: Board): string[] {
  if (acceleration === 'kvm') return ['-accel', 'kvm', '-cpu', 'host'];
  return ['-accel', 'tcg,thread=multi,tb-size=256', '-cpu', emulated];
}

/** By which a process is known to be that of a machine. */
export const nameArgument = (id: string): string => `guest=${id}`;

/** What the kernel says when something is wrong is on the console that the driver keeps. */
const kernelWords = [
  'root=/dev/vda rw net.ifnames=0 quiet systemd.show_status=false',
  // Nobody speaks IPv6 on their networks, and they would wait for a router that does.
  'ipv6.disable=1',
].join(' ');
export function machineArguments(options: MachineOptions): string[] {
  const { record, cpus, memoryMb, imageDirectory, acceleration, volumes = [] } = options;
  const cards = cardsOf(record.inside);
  const bus = busOf(record.tags.deployment);
  // To the address that a machine knows as its own: what it serves listens there alone. Its kernel answers for it on this card, too.
  const { loopback, inside } = record;
  const forwards = openPorts.map((port) => `hostfwd=tcp:${loopback}:${port}-${inside}:${port}`);
  const { kernel } = record.image;
  const board = boards[architectureOf(record.image)];
  const { machine, console, emulatedWords } = board;
  const inImage = (file: string): string => path.join(imageDirectory, file);
  const boot = kernel
    ? [
        '-kernel',
        inImage(kernel.file),
        '-initrd',
        inImage(kernel.initrd),
        '-append',
        [kernelWords, `console=${console}`, ...(acceleration === 'kvm' ? [] : [emulatedWords])].join(' '),
      ]
    : [];
  return [
    ...['-name', nameArgument(record.id)],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-machine', machine],
    ...processorArguments(acceleration, board),
    ...['-smp', String(cpus), '-m', String(memoryMb)],
    ...boot,
    ...['-drive', `file=${files.disk},if=none,id=disk,format=qcow2,discard=unmap`],
    ...['-device', 'virtio-blk-pci,drive=disk'],
    ...['-drive', `file=${files.seed},if=none,id=seed,format=raw,readonly=on`],
    ...['-device', 'virtio-blk-pci,drive=seed'],
    ...['-device', `virtio-scsi-pci,id=${controller}`],
    ...volumes.flatMap(({ id, file }) => [
      ...['-blockdev', JSON.stringify(blockDevice(id, file))],
      ...['-device', JSON.stringify(diskDevice(id))],
    ]),
    // The first card is that by which a machine knows its own address.
    ...['-netdev', `socket,id=bus,mcast=${bus.group}:${bus.port},localaddr=127.0.0.1`],
    ...['-device', `virtio-net-pci,netdev=bus,mac=${cards.bus},romfile=`],
    ...['-netdev', ['user,id=outside,restrict=on,ipv6=off', ...forwards].join(',')],
    ...['-device', `virtio-net-pci,netdev=outside,mac=${cards.outside},romfile=`],
    ...['-device', 'virtio-rng-pci'],
    ...['-chardev', `file,id=console,path=${files.console},append=on`, '-serial', 'chardev:console'],
    ...['-chardev', `socket,id=monitor,path=${files.monitor},server=on,wait=off`],
    ...['-mon', 'chardev=monitor,mode=control'],
    ...['-pidfile', files.pid],
    // What gets out of a machine can neither start programs nor gain rights.
    ...['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'],
  ];
}
