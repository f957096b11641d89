/** Applying a manifest, second part: the one change of the desired state. */
import { ConpaasError } from '../core/contract/errors.ts';
import { BlobHash, type OperationId, ServiceId } from '../core/contract/ids.ts';
import { countNodes, type Manifest, recordedKeys, settingsOf } from '../core/manifest/index.ts';
import type { ServiceSpec } from '../core/service/spec.ts';
import { type DesiredService, type DesiredState, emptyService } from '../core/service/state.ts';
import type { Fetched } from './apply-fetch.ts';
import { addNodes } from './nodes.ts';
import { addVersion } from './versions.ts';

/**
 * Edits `state`; gives the versions that running services must still be switched to.
 */
export function changeState(
  state: DesiredState,
  manifest: Manifest,
  fetched: Readonly<Record<string, Fetched>>,
  specs: Readonly<Record<string, ServiceSpec>>,
  options: {
    operation: OperationId;
    leaving: readonly string[];
    firstSlot: string;
    home?: string | undefined;
    volumeGb?: ((service: DesiredService, role: string) => number) | undefined;
  },
): Record<string, string> {
  const switches: Record<string, string> = {};
  state.description = manifest.Description;
  if (manifest.Placement !== undefined) state.placement = manifest.Placement;
  // Services that go: their nodes with them; the reconciler stops engines and destroys machines.
  state.services = state.services.filter(({ id }) => !options.leaving.includes(id));
  state.nodes = state.nodes.filter((node) => !options.leaving.includes(node.service));

  for (const wanted of manifest.Services) {
    const spec = specs[wanted.Type];
    if (!spec) throw new ConpaasError('invalid_request', `There is no service type "${wanted.Type}".`);
    let service = state.services.find(({ name }) => name === wanted.ServiceName);
    const created = service === undefined;
    if (!service) {
      service = newService(state, spec, wanted.ServiceName);
      state.services.push(service);
    }
    const { cloud, healthCheck, ...settings } = settingsOf(wanted);
    Object.assign(service, settings);
    if (cloud !== undefined) service.cloud = cloud;
    if (healthCheck) service.healthCheck = healthCheck;
    else delete service.healthCheck;

    const { version, script } = fetched[wanted.ServiceName] ?? {};
    if (script) service.startupScript = { blob: BlobHash.parse(script.blob), source: script.source };
    else if (wanted.StartupScript === undefined) delete service.startupScript;
    if (wanted.Password !== undefined) service.data[recordedKeys.password] = wanted.Password;
    if (version) {
      const added = service.versions.find(
        ({ blob, createdAt }) => blob === version.blob && createdAt === version.createdAt,
      );
      const id = added?.id ?? addVersion(service, version);
      if (service.activeVersion === undefined) service.activeVersion = id;
      else if (service.activeVersion !== id) switches[service.id] = id;
    }

    const counts = countNodes(state, service);
    const missing: Record<string, number> = {};
    for (const [role, { count, max }] of Object.entries(spec.roles)) {
      const asked = wanted.StartupInstances?.[role] ?? (created ? count : counts[role]);
      if (asked === undefined) continue;
      if (asked > max) {
        throw new ConpaasError(
          'invalid_request',
          `${service.name} can have at most ${max} ${role} node(s), not ${asked}.`,
        );
      }
      missing[role] = Math.max(0, asked - (counts[role] ?? 0));
    }
    addNodes(state, service, missing, {
      operation: options.operation,
      packed: options.firstSlot,
      home: options.home,
      volumeGb: options.volumeGb,
      now: Date.now(),
    });
    for (const node of state.nodes) {
      if (node.service === service.id && node.version === undefined && service.activeVersion !== undefined) {
        node.version = service.activeVersion;
      }
    }
  }
  return switches;
}

/** A new service of a type, with the next id of the application. */
export function newService(state: DesiredState, spec: ServiceSpec, name: string): DesiredService {
  return emptyService(ServiceId.parse(`s${state.nextService++}`), spec.type, name);
}
