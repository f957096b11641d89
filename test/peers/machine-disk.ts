import { runtimeFor } from '../../main/deploy/index.ts';
import { Architecture } from '../../remote/core/contract/runtimes.ts';
import { runtime } from '../../remote/host/stand-in.ts';

/** Of the processors that machines of these tests have. */
export const machineArchitecture = Architecture.parse(process.env['CONPAAS_PEER_ARCHITECTURE'] ?? 'x64');

/** The Node for them. */
export const machineRuntime = (): string => runtimeFor(runtime, machineArchitecture);

/** The directory of the disk for machines of QEMU that scripts/peers.mjs has made for these tests. */
export function machineDisk(): string {
  const directory = process.env['CONPAAS_QEMU_IMAGE'];
  if (directory === undefined) throw new Error('Run these tests with: npm run test:peers');
  return directory;
}
