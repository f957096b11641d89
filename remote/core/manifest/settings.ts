/** A manifest's service as the desired state stores it, and back. */
import type { HealthCheck } from '../contract/scripts.ts';
import type { ManifestService } from './types.ts';

/** The parts of a DesiredService that follow from a manifest alone (code, scripts and dumps need fetching first). */
export interface ServiceSettings {
  readonly running: boolean;
  readonly configuration: Record<string, unknown>;
  readonly environment: Record<string, string>;
  readonly secrets: string[];
  readonly needs: string[];
  readonly domains: string[];
  /** undefined: leave as it is. */
  readonly cloud: string | undefined;
  readonly healthCheck: HealthCheck | undefined;
}

/** What applying a manifest's service sets in the desired state. */
export function settingsOf(service: ManifestService): ServiceSettings {
  const { HealthCheck } = service;
  return {
    running: service.Start,
    configuration: { ...service.Configuration },
    environment: { ...service.Environment },
    secrets: [...service.Secrets],
    needs: [...service.Needs],
    domains: [...(service.Domains ?? [])],
    cloud: service.Cloud,
    healthCheck:
      HealthCheck === undefined
        ? undefined
        : { path: HealthCheck.Path, timeoutMs: Math.round(HealthCheck.Timeout * 1000) },
  };
}
