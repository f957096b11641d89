/** What QEMU plays for each kind of processor. */
import type { Architecture } from '../../contract/runtimes.ts';

export interface Board {
  readonly emulator: string;
  /** Of Debian and Ubuntu, which has it. */
  readonly package: string;
  /** `-machine` */
  readonly machine: string;
  /** `-cpu`, of a processor that is not there. */
  readonly emulated: string;
  /** Name of its first serial port in Linux. */
  readonly console: string;
  /** What its kernel is told where the processor is emulated. */
  readonly emulatedWords: string;
}

/**
 * An emulated processor speculates nothing: what is done against it elsewhere only costs time. Nor is the timer of a PC
 * broken where it comes late, because this computer is busy: a kernel that found it so at its start was seen to hang. Its
 * count of cycles is measured at the start against a clock, which goes wrong there: a machine was seen whose time went twice as
 * fast. Those of ARM know how fast they count; but to prove each pointer as the architecture says takes them half of
 * their time, where QEMU may do it in a way of its own.
 */
export const boards: Readonly<Record<Architecture, Board>> = {
  x64: {
    ...{ emulator: 'qemu-system-x86_64', package: 'qemu-system-x86', machine: 'q35', console: 'ttyS0' },
    emulated: 'max',
    emulatedWords: 'mitigations=off clocksource=hpet tsc=unstable no_timer_check',
  },
  arm64: {
    ...{ emulator: 'qemu-system-aarch64', package: 'qemu-system-arm', console: 'ttyAMA0' },
    machine: 'virt,gic-version=max',
    emulated: 'max,pauth-impdef=on',
    emulatedWords: 'mitigations=off',
  },
};

/** Of this computer. */
export const ownArchitecture: Architecture = process.arch === 'arm64' ? 'arm64' : 'x64';
