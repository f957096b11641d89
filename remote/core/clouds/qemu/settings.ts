/** What the QEMU driver is opened with. Nothing of it is a secret: whoever may run programs here may run machines. */
import { homedir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { DeploymentId } from '../../contract/ids.ts';
import { Architecture } from '../../contract/runtimes.ts';
import { ownArchitecture } from './boards.ts';

export const sizes = {
  small: { cpus: 1, memoryMb: 1024 },
  medium: { cpus: 2, memoryMb: 2048 },
  large: { cpus: 4, memoryMb: 4096 },
} as const;
export type SizeName = keyof typeof sizes;

export const QemuSettings = z.strictObject({
  deployment: DeploymentId,
  /** Where machines of all deployments are kept; {@link usualDirectory} where absent. */
  directory: z.string().startsWith('/').optional(),
  /** Where the disk that machines begin with is kept; {@link usualImage} where absent. */
  image: z.string().startsWith('/').optional(),
  architecture: Architecture.default(ownArchitecture).describe(
    "Processor of the machines; another than this computer's is always emulated",
  ),
  size: z.enum(['small', 'medium', 'large']).default('small').describe('Size of the machines'),
  diskGb: z
    .number()
    .int()
    .min(4)
    .max(1000)
    .default(10)
    .describe('Size of the disk of a machine in GB; grows as it fills'),
  acceleration: z
    .enum(['auto', 'kvm', 'none'])
    .default('auto')
    .describe('KVM where it works, as tried; else machines are emulated, which is some ten times slower'),
});
export type QemuSettings = z.input<typeof QemuSettings>;

type Environment = Readonly<Record<string, string | undefined>>;

/** In the user's data, or beside everything else of a desktop that was given a place of its own. */
export function usualDirectory(environment: Environment = process.env): string {
  const home = environment['CONPAAS_HOME'];
  if (home) return path.resolve(home, 'qemu');
  return path.join(environment['XDG_DATA_HOME'] || path.join(homedir(), '.local/share'), 'conpaas-qemu');
}

/** Made once, for all deployments of this user. */
export function usualImage(architecture: Architecture, environment: Environment = process.env): string {
  const name = architecture === ownArchitecture ? 'image' : `image-${architecture}`;
  return environment['CONPAAS_QEMU_IMAGE'] ?? path.join(usualDirectory(environment), name);
}
