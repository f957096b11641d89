/** How long programs may take here: an emulated processor has a tenth of the speed of a real one. */
import { cpus } from 'node:os';

/** By how much limits are lengthened there, which are generous for other processors. */
const emulated = 4;

const ownModel = cpus()[0]?.model ?? '';

/**
 * By how much to lengthen a limit for what a program does on this machine.
 * @param model the processor's name; QEMU gives what it emulates one of its own (`QEMU TCG CPU version 2.5+`)
 */
export function patienceHere(model = ownModel): number {
  return /\bTCG\b/.test(model) ? emulated : 1;
}
