/** What applying a manifest would do: a pure comparison of the manifest with the desired state. */
import type { Plan, PlanChange } from '../contract/plan.ts';
import { placementOf } from '../service/placement.ts';
import type { ServiceSpec } from '../service/spec.ts';
import type { DesiredService, DesiredState } from '../service/state.ts';
import { activeVersion, countNodes, recordedDump, sourcesOfVersion, startupScriptSource } from './recorded.ts';
import type { ServiceSpecs } from './schema.ts';
import { settingsOf } from './settings.ts';
import { describeSource, sameSource } from './source.ts';
import type { Manifest, ManifestService, Source } from './types.ts';

type Field = PlanChange['fields'][number];

/**
 * Compares. Applying the same manifest twice gives `keep` for everything the second time.
 * Services are matched by name; one whose type is another is removed and created anew. What a manifest leaves out is
 * set to its default, but these, which stay as they are: StartupInstances, Archive, Dump, Password, Cloud.
 * @param current undefined = the application does not exist yet
 * @param name of the application (an explicit name wins over the manifest's)
 * @param home its cloud, where there are several: then the plan says what is where
 */
export function planManifest(
  current: DesiredState | undefined,
  manifest: Manifest,
  specs: ServiceSpecs,
  name: string,
  home?: string,
): Plan {
  const changes: PlanChange[] = [planApplication(current, manifest, name, home)];
  const placed = (change: PlanChange, cloud: string | undefined): PlanChange => {
    const where = home === undefined ? undefined : (cloud ?? home);
    return where === undefined ? change : { ...change, cloud: where, text: `${change.text} [on ${where}]` };
  };
  const warnings: string[] = [];
  const wanted = new Map(manifest.Services.map((service) => [service.ServiceName, service]));
  for (const service of current?.services ?? []) {
    if (wanted.get(service.name)?.Type !== service.type) {
      changes.push(placed(planRemoval(service), service.cloud));
    }
  }
  for (const service of manifest.Services) {
    const spec = specs[service.Type];
    if (spec === undefined) throw new RangeError(`service type ${service.Type} is not registered`);
    const existing = current?.services.find(({ name, type }) => name === service.ServiceName && type === service.Type);
    if (current === undefined || existing === undefined)
      changes.push(placed(planCreation(service, spec), service.Cloud));
    else {
      changes.push(placed(planChange(current, existing, service, spec), service.Cloud ?? existing.cloud));
      if (typeof service.Password === 'string')
        warnings.push(
          `The Password of ${service.ServiceName} is used only when the service is created; to change it, use set_password.`,
        );
    }
  }
  return { application: name, exists: current !== undefined, changes, warnings };
}

function planApplication(
  current: DesiredState | undefined,
  manifest: Manifest,
  name: string,
  home: string | undefined,
): PlanChange {
  if (current === undefined) {
    const where = home === undefined ? {} : { cloud: home };
    const text = `Create the application ${name}${home === undefined ? '' : ` [on ${home}]`}`;
    return { action: 'create', text, fields: [], ...where };
  }
  const fields = compare([
    ['Application', current.name, name],
    ['Description', current.description, manifest.Description],
    ...(manifest.Placement === undefined ? [] : [row('Placement', placementOf(current), manifest.Placement)]),
  ]);
  if (fields.length === 0) return { action: 'keep', text: `Keep the application ${name}`, fields };
  return { action: 'change', text: `Change ${listed(fields)} of the application ${name}`, fields };
}

function planRemoval(service: DesiredService): PlanChange {
  const text = `Remove service ${service.name} (${service.type}) with its code and data`;
  return { action: 'remove', service: service.name, text, fields: [] };
}

function planCreation(service: ManifestService, spec: ServiceSpec): PlanChange {
  const counts = Object.entries(spec.roles)
    .map(([role, { count }]) => `${role} ${service.StartupInstances?.[role] ?? count}`)
    .join(', ');
  const details = [
    ...(service.Archive === undefined ? [] : [`code from ${describeLayers(service.Archive)}`]),
    ...(service.Dump === undefined ? [] : [`data from ${describeSource(service.Dump)}`]),
    ...(service.Domains?.length ? [`domains ${service.Domains.join(', ')}`] : []),
    ...(service.Start ? [] : ['not started']),
  ];
  const text = [`Create service ${service.ServiceName} (${service.Type}): ${counts}`, ...details].join('; ');
  return { action: 'create', service: service.ServiceName, text, fields: [] };
}

function planChange(
  state: DesiredState,
  existing: DesiredService,
  service: ManifestService,
  spec: ServiceSpec,
): PlanChange {
  const settings = settingsOf(service);
  const counts = countNodes(state, existing);
  const fields = [
    ...compare([
      ['Start', existing.running, settings.running],
      ...(settings.cloud === undefined ? [] : [row('Cloud', existing.cloud, settings.cloud)]),
      ...Object.entries(service.StartupInstances ?? {}).map(([role, count]) =>
        row(`StartupInstances.${role}`, counts[role] ?? 0, count),
      ),
      ...perKey('Environment', existing.environment, settings.environment),
      ['Secrets', [...existing.secrets].sort(), [...settings.secrets].sort()],
      ...perKey(
        'Configuration',
        withDefaults(spec, existing.configuration),
        withDefaults(spec, settings.configuration),
      ),
      ['Needs', [...existing.needs].sort(), [...settings.needs].sort()],
      ['HealthCheck.Path', existing.healthCheck?.path, settings.healthCheck?.path],
      ['HealthCheck.Timeout', seconds(existing.healthCheck?.timeoutMs), seconds(settings.healthCheck?.timeoutMs)],
      ['Domains', [...existing.domains].sort(), [...settings.domains].sort()],
    ]),
    ...compareSources(existing, service),
  ];
  const name = `service ${existing.name} (${existing.type})`;
  if (fields.length === 0) return { action: 'keep', service: existing.name, text: `Keep ${name}`, fields };
  return { action: 'change', service: existing.name, text: `Change ${name}: ${listed(fields)}`, fields };
}

function compareSources(existing: DesiredService, service: ManifestService): Field[] {
  const fields: Field[] = [];
  if (service.Archive !== undefined) {
    const version = activeVersion(existing);
    const alternatives = version === undefined ? [] : sourcesOfVersion(version);
    const wanted = service.Archive;
    if (!alternatives.some((layers) => sameLayers(layers, wanted))) {
      const [from] = alternatives;
      fields.push(field('Archive', from === undefined ? undefined : describeLayers(from), describeLayers(wanted)));
    }
  }
  const script = startupScriptSource(existing);
  if (!same(script, service.StartupScript, existing.startupScript?.blob))
    fields.push(field('StartupScript', described(script), described(service.StartupScript)));
  const dump = recordedDump(existing);
  if (service.Dump !== undefined && !same(dump, service.Dump, undefined))
    fields.push(field('Dump', described(dump), described(service.Dump)));
  return fields;
}

function same(recorded: Source | undefined, wanted: Source | undefined, blob: string | undefined): boolean {
  if (recorded === undefined || wanted === undefined) return recorded === wanted;
  return sameSource(recorded, wanted) || (typeof wanted !== 'string' && wanted.Blob === blob);
}

function sameLayers(a: readonly Source[], b: readonly Source[]): boolean {
  return (
    a.length === b.length &&
    a.every((source, index) => {
      const other = b[index];
      return other !== undefined && sameSource(source, other);
    })
  );
}

function describeLayers(layers: readonly Source[]): string {
  return layers.map(describeSource).join(' + ');
}

function described(source: Source | undefined): string | undefined {
  return source === undefined ? undefined : describeSource(source);
}

function withDefaults(spec: ServiceSpec, configuration: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const parsed = spec.configuration.safeParse(configuration);
  return parsed.success ? parsed.data : { ...configuration };
}

function seconds(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : milliseconds / 1000;
}

type Row = readonly [path: string, from: unknown, to: unknown];

function row(path: string, from: unknown, to: unknown): Row {
  return [path, from, to];
}

function perKey(
  path: string,
  from: Readonly<Record<string, unknown>>,
  to: Readonly<Record<string, unknown>>,
): readonly Row[] {
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
  return keys.map((key) => row(`${path}.${key}`, from[key], to[key]));
}

function compare(rows: readonly Row[]): Field[] {
  return rows
    .filter(([, from, to]) => JSON.stringify(from) !== JSON.stringify(to))
    .map(([path, from, to]) => field(path, from, to));
}

function field(path: string, from: unknown, to: unknown): Field {
  return { path, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

function listed(fields: readonly Field[]): string {
  return fields
    .map(({ path, from, to }) => {
      if (path.startsWith('StartupInstances.'))
        return `${path.slice('StartupInstances.'.length)} from ${String(from)} to ${String(to)}`;
      if (path === 'Start') return to === true ? 'start it' : 'stop it';
      return path;
    })
    .join(', ');
}
