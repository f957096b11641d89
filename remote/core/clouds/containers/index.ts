import type { Cloud } from '../cloud.ts';
import { createMachineCloud } from '../machines/machine-cloud.ts';
import type { ProgramSource } from '../machines/programs.ts';
import { createContainersProvider } from './containers-provider.ts';
import type { ContainersSettings } from './settings.ts';
import { containerTransport } from './transport.ts';

export { ContainersSettings } from './settings.ts';

export function createContainersCloud(settings: ContainersSettings, source: ProgramSource): Cloud {
  const { provider, api } = createContainersProvider(settings);
  return createMachineCloud({ provider, transport: containerTransport(api), source });
}
