/** How large a volume the data of a node gets, where its cloud has volumes. */
import type { ServiceSpec } from './spec.ts';

/**
 * What the configuration of a service says, or its default.
 * @returns GB; 0: nodes of that role get none
 */
export function volumeSize(
  spec: Pick<ServiceSpec, 'roles' | 'configuration'> | undefined,
  role: string,
  configuration: Readonly<Record<string, unknown>>,
): number {
  const key = spec?.roles[role]?.volume;
  if (!spec || key === undefined) return 0;
  const defaults: Readonly<Record<string, unknown>> = spec.configuration.partial().parse({});
  const size = configuration[key] ?? defaults[key];
  return typeof size === 'number' ? size : 0;
}
