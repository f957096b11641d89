/** The manifest of an application like another one. */
import type { DesiredState } from '../service/state.ts';
import { exportManifest } from './export.ts';
import { activeVersion, recordedPassword } from './recorded.ts';
import type { ServiceSpecs } from './schema.ts';

/**
 * As `exportManifest`, but code and scripts are the very ones that run (by blob: a URL may have changed meanwhile), and
 * what belongs to one application only is left out: data, domains.
 */
export function duplicateManifest(state: DesiredState, specs: ServiceSpecs, name: string): Record<string, unknown> {
  const services = state.services.map((service) => {
    const version = activeVersion(service);
    return {
      ...service,
      domains: [],
      versions: version ? [{ ...version, source: undefined }] : [],
      ...(service.startupScript ? { startupScript: { blob: service.startupScript.blob } } : {}),
      data: Object.fromEntries(Object.entries({ password: recordedPassword(service) }).filter(([, value]) => value)),
    };
  });
  return exportManifest({ ...state, name, services }, specs);
}

/** Names of the secrets that an application refers to: those that a duplicate of it needs values for. */
export function referredSecrets(state: DesiredState): string[] {
  const names = state.services.flatMap((service) => [
    ...service.secrets,
    ...(recordedPassword(service) ? [recordedPassword(service)?.Secret ?? ''] : []),
  ]);
  return [...new Set(names)].filter((name) => name !== '').sort();
}
