/** What the desired state remembers of sources and counts, in the manifest's terms. */
import type { DesiredService, DesiredState, DesiredVersion } from '../service/state.ts';
import type { SecretReference, Source } from './types.ts';

/**
 * Keys of `DesiredService.data` that applying a manifest writes: the source of the dump that was loaded, and the
 * reference to the secret that holds the database password.
 */
export const recordedKeys = { dump: 'dump', password: 'password' } as const;

/** Nodes per role that should be there. */
export function countNodes(state: DesiredState, service: DesiredService): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const node of state.nodes)
    if (node.service === service.id && node.phase === 'wanted') counts[node.role] = (counts[node.role] ?? 0) + 1;
  return counts;
}

export function activeVersion(service: DesiredService): DesiredVersion | undefined {
  return service.versions.find(({ id }) => id === service.activeVersion);
}

/** How a manifest may name this version: as it was given (first, if known), or by its blob. */
export function sourcesOfVersion(version: DesiredVersion): Source[][] {
  const blob = [{ Blob: version.blob, Name: version.name }];
  if (Array.isArray(version.source)) {
    const layers = version.source.map(asSource);
    if (layers.length > 0 && layers.every((layer) => layer !== undefined)) return [layers, blob];
  }
  const single = asSource(version.source);
  return single === undefined ? [blob] : [[single], blob];
}

export function startupScriptSource(service: DesiredService): Source | undefined {
  const script = service.startupScript;
  return script === undefined ? undefined : (asSource(script.source) ?? { Blob: script.blob });
}

export function recordedDump(service: DesiredService): Source | undefined {
  return asSource(service.data[recordedKeys.dump]);
}

export function recordedPassword(service: DesiredService): SecretReference | undefined {
  const value = service.data[recordedKeys.password];
  if (typeof value !== 'object' || value === null || !('Secret' in value)) return undefined;
  return typeof value.Secret === 'string' ? { Secret: value.Secret } : undefined;
}

function asSource(value: unknown): Source | undefined {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || !('Blob' in value) || typeof value.Blob !== 'string')
    return undefined;
  const text = (key: string) => {
    const found: unknown = Reflect.get(value, key);
    return typeof found === 'string' ? { [key]: found } : {};
  };
  return { Blob: value.Blob, ...text('Name'), ...text('Tree') };
}
