/** The desired state as a manifest. */
import type { DesiredService, DesiredState } from '../service/state.ts';
import {
  activeVersion,
  countNodes,
  recordedDump,
  recordedPassword,
  sourcesOfVersion,
  startupScriptSource,
} from './recorded.ts';
import type { ServiceSpecs } from './schema.ts';
import type { Source } from './types.ts';

/**
 * A manifest that re-creates the application; applied on the same director it changes nothing. Sources are as they
 * were given, else blobs (which only this director has). Secrets are names, never values.
 */
export function exportManifest(state: DesiredState, specs: ServiceSpecs): Record<string, unknown> {
  return {
    Version: 1,
    Application: state.name,
    ...(state.description === '' ? {} : { Description: state.description }),
    ...(state.placement === undefined ? {} : { Placement: state.placement }),
    Services: state.services.map((service) => exportService(state, service, specs)),
  };
}

function exportService(state: DesiredState, service: DesiredService, specs: ServiceSpecs): Record<string, unknown> {
  const version = activeVersion(service);
  const script = startupScriptSource(service);
  const dump = recordedDump(service);
  const password = recordedPassword(service);
  const spec = specs[service.type];
  const counts = countNodes(state, service);
  const configuration = Object.entries(service.configuration).filter(([key, value]) => {
    const defaults: unknown = spec?.configuration.safeParse({}).data?.[key];
    return JSON.stringify(value) !== JSON.stringify(defaults);
  });
  return {
    Type: service.type,
    ServiceName: service.name,
    Start: service.running ? 1 : 0,
    ...(service.cloud === undefined ? {} : { Cloud: service.cloud }),
    ...unlessEmpty('StartupInstances', counts),
    ...(script === undefined ? {} : { StartupScript: script }),
    ...(version === undefined ? {} : { Archive: oneOrMany(sourcesOfVersion(version)[0] ?? []) }),
    ...(dump === undefined ? {} : { Dump: dump }),
    ...(password === undefined ? {} : { Password: password }),
    ...unlessEmpty('Environment', service.environment),
    ...(service.secrets.length === 0 ? {} : { Secrets: service.secrets }),
    ...unlessEmpty('Configuration', Object.fromEntries(configuration)),
    // Always written: left out, it would mean every database there is.
    Needs: service.needs,
    ...(service.healthCheck === undefined
      ? {}
      : { HealthCheck: { Path: service.healthCheck.path, Timeout: service.healthCheck.timeoutMs / 1000 } }),
    ...(service.domains.length === 0 ? {} : { Domains: service.domains }),
  };
}

function oneOrMany(layers: readonly Source[]): Source | readonly Source[] {
  const [only] = layers;
  return layers.length === 1 && only !== undefined ? only : layers;
}

function unlessEmpty(key: string, value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.keys(value).length === 0 ? {} : { [key]: value };
}
