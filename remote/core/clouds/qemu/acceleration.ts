/**
 * Whether KVM works here, by trying. That its device opens says little: within a VM it may be there and run no kernel to
 * the end (seen with paging in software), or fail at an instruction after a minute.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { release, tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../../files/index.ts';
import { bootId } from '../../supervisor/proc.ts';
import { isAbsent } from './absent.ts';
import { type Acceleration, processorArguments } from './arguments.ts';
import { boards, ownArchitecture } from './boards.ts';
import { architectureOf, type Image } from './image.ts';
import { runTool } from './programs.ts';

/** A kernel without a disk has given up after a second; where KVM emulates instructions, not after a minute. */
const trialMs = 15_000;

const Found = z.object({
  boot: z.string(),
  kernel: z.string(),
  madeAt: z.number(),
  acceleration: z.enum(['kvm', 'none']),
});

/**
 * What machines are to run with. Tried once after each boot of this computer, with the kernel of the image; kept beside it.
 * @param device KVM's
 */
export async function findAcceleration(
  imageDirectory: string,
  image: Image,
  signal: AbortSignal,
  device = '/dev/kvm',
): Promise<Acceleration> {
  // No processor runs what is for another kind of them.
  if (architectureOf(image) !== ownArchitecture) return 'none';
  const file = path.join(imageDirectory, 'acceleration.json');
  const now = { boot: bootId(), kernel: release(), madeAt: image.madeAt };
  const kept = await readKept(file);
  if (kept && kept.boot === now.boot && kept.kernel === now.kernel && kept.madeAt === now.madeAt)
    return kept.acceleration;
  const acceleration = (await runsKernel(imageDirectory, image, signal, device)) ? 'kvm' : 'none';
  await writeFileAtomic(file, `${JSON.stringify({ ...now, acceleration })}\n`);
  return acceleration;
}

/** Boots the image's kernel without anything: it must come as far as to say that it finds no root, and end. */
async function runsKernel(imageDirectory: string, image: Image, signal: AbortSignal, device: string): Promise<boolean> {
  if (!image.kernel || !(await opens(device))) return false;
  const board = boards[ownArchitecture];
  const directory = await mkdtemp(path.join(tmpdir(), 'conpaas-kvm-'));
  const words = [
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-machine', board.machine, '-m', '256', '-no-reboot'],
    ...processorArguments('kvm', board),
    ...['-kernel', path.join(imageDirectory, image.kernel.file), '-append', `console=${board.console} panic=-1`],
    ...['-serial', 'file:console.log'],
  ];
  try {
    const { code } = await runTool(
      board.emulator,
      words,
      directory,
      AbortSignal.any([signal, AbortSignal.timeout(trialMs)]),
    );
    return code === 0 && (await readFile(path.join(directory, 'console.log'), 'utf8')).includes('Kernel panic');
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError')) return false;
    throw error;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function opens(device: string): Promise<boolean> {
  const { open } = await import('node:fs/promises');
  const handle = await open(device, 'r+').catch(() => undefined); // not there, or not for us
  await handle?.close();
  return handle !== undefined;
}

async function readKept(file: string): Promise<z.infer<typeof Found> | undefined> {
  try {
    return Found.safeParse(JSON.parse(await readFile(file, 'utf8'))).data;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}
