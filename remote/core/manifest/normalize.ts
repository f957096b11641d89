/** Fills in what a manifest leaves out, and makes the checks that need more than one place of it. */

import { HttpsSettings, isPrivateName, letsEncrypt, privateSuffixes } from '../web/index.ts';
import type { Mistake } from './mistakes.ts';
import type { ServiceSpecs, WrittenManifest, WrittenService } from './schema.ts';
import { classifySource } from './source.ts';
import type { DocumentPath, Manifest, ManifestService, Source } from './types.ts';
import { nameServices, wireServices } from './wiring.ts';

/** Seconds a health check may take when the manifest does not say. */
const defaultHealthTimeout = 5;

/** Normalizing a normalized manifest gives the same again. */
export function normalizeManifest(
  written: WrittenManifest,
  specs: ServiceSpecs,
): { manifest: Manifest; warnings: string[]; mistakes: Mistake[] } {
  const services = written.Services ?? [];
  const { names, mistakes } = nameServices(services);
  const wiring = wireServices(services, names, specs);
  mistakes.push(...wiring.mistakes);
  mistakes.push(...domainMistakes(services));
  const warnings: string[] = [];
  const normalized = services.map((service, index) => {
    const name = names[index] ?? service.Type;
    const at = ['Services', index];
    mistakes.push(...sourceMistakes(service, at), ...countMistakes(service, at, specs), ...secretMistakes(service, at));
    warnings.push(...serviceWarnings(service, name), ...domainWarnings(service, name));
    return normalizeService(service, name, wiring.needs[index] ?? []);
  });
  const manifest: Manifest = {
    Version: 1,
    Application: written.Application,
    Description: written.Description ?? '',
    ...(written.Placement === undefined ? {} : { Placement: written.Placement }),
    Services: normalized,
  };
  return { manifest, warnings, mistakes };
}

function normalizeService(service: WrittenService, name: string, needs: readonly string[]): ManifestService {
  const { Cloud, StartupInstances, StartupScript, Archive, Dump, Password, HealthCheck } = service;
  return {
    Type: service.Type,
    ServiceName: name,
    Start: service.Start === undefined || Boolean(service.Start),
    // What the original calls the application's own cloud.
    ...(Cloud === undefined || Cloud === 'default' ? {} : { Cloud }),
    ...(StartupInstances === undefined ? {} : { StartupInstances: counts(StartupInstances) }),
    ...(StartupScript === undefined ? {} : { StartupScript }),
    ...(Archive === undefined ? {} : { Archive: layers(Archive) }),
    ...(Dump === undefined ? {} : { Dump }),
    ...(Password === undefined ? {} : { Password }),
    Environment: { ...service.Environment },
    Secrets: [...new Set(service.Secrets)],
    Configuration: { ...service.Configuration },
    Needs: needs,
    ...(HealthCheck === undefined
      ? {}
      : { HealthCheck: { Path: HealthCheck.Path, Timeout: HealthCheck.Timeout ?? defaultHealthTimeout } }),
    ...(service.Domains === undefined
      ? {}
      : { Domains: [...new Set(service.Domains.map((domain) => domain.toLowerCase()))] }),
  };
}

function layers(archive: NonNullable<WrittenService['Archive']>): Source[] {
  return Array.isArray(archive) ? archive : [archive];
}

function counts(written: Readonly<Record<string, number | string>>): Record<string, number> {
  return Object.fromEntries(Object.entries(written).map(([role, count]) => [role, Number(count)]));
}

/** Each source of a service with its place. */
function* sourcesOf(service: WrittenService, at: DocumentPath): Generator<{ source: Source; path: DocumentPath }> {
  const { Archive, StartupScript, Dump } = service;
  if (Array.isArray(Archive))
    for (const [index, source] of Archive.entries()) yield { source, path: [...at, 'Archive', index] };
  else if (Archive !== undefined) yield { source: Archive, path: [...at, 'Archive'] };
  if (StartupScript !== undefined) yield { source: StartupScript, path: [...at, 'StartupScript'] };
  if (Dump !== undefined) yield { source: Dump, path: [...at, 'Dump'] };
}

function sourceMistakes(service: WrittenService, at: DocumentPath): Mistake[] {
  return [...sourcesOf(service, at)].flatMap(({ source, path }) => {
    const kind = classifySource(source);
    const key = String(path[2]);
    if (kind.kind === 'invalid') return [{ path, message: `"${String(source)}" ${kind.reason}`, of: 'value' as const }];
    if (kind.kind === 'git' && key !== 'Archive')
      return [{ path, message: `${key} is one file and cannot be a git repository`, of: 'value' as const }];
    return [];
  });
}

/** Numbers are checked by the schema; the original's texts ("2") are checked here. */
function countMistakes(service: WrittenService, at: DocumentPath, specs: ServiceSpecs): Mistake[] {
  return Object.entries(service.StartupInstances ?? {}).flatMap(([name, written]) => {
    const role = specs[service.Type]?.roles[name];
    const count = Number(written);
    if (role === undefined || (count >= role.min && count <= role.max)) return [];
    const path = [...at, 'StartupInstances', name];
    return [{ path, message: `A whole number from ${role.min} to ${role.max} is expected`, of: 'value' as const }];
  });
}

function secretMistakes(service: WrittenService, at: DocumentPath): Mistake[] {
  const mistakes: Mistake[] = [];
  for (const [index, name] of (service.Secrets ?? []).entries())
    if (Object.hasOwn(service.Environment ?? {}, name))
      mistakes.push({
        path: [...at, 'Secrets', index],
        message: `"${name}" is both a secret and in the Environment; keep one of them`,
        of: 'value',
      });
  for (const name of Object.keys(service.Environment ?? {}))
    if (name.startsWith('CONPAAS_'))
      mistakes.push({
        path: [...at, 'Environment', name],
        message: 'Names that begin with CONPAAS_ are set by the platform',
        of: 'key',
      });
  return mistakes;
}

/** A name leads to one service: which one would answer is not for chance to say. */
function domainMistakes(services: readonly WrittenService[]): Mistake[] {
  const owners = new Map<string, number>();
  return services.flatMap((service, index) =>
    (service.Domains ?? []).flatMap((written, place): Mistake[] => {
      const name = written.toLowerCase();
      const owner = owners.get(name) ?? index;
      owners.set(name, owner);
      if (owner === index) return [];
      return [
        {
          path: ['Services', index, 'Domains', place],
          message: `"${name}" is a domain of another service of this manifest already`,
          of: 'value',
        },
      ];
    }),
  );
}

/** What will not work as it is written, but may be meant for later. */
function domainWarnings({ Domains = [], Configuration = {} }: WrittenService, name: string): string[] {
  if (Domains.length === 0) return [];
  const settings = HttpsSettings.safeParse(Configuration).data;
  if (settings?.https_certificates === 'acme') {
    const never = Domains.filter(isPrivateName);
    return [
      ...(settings.acme_terms_agreed === 'On'
        ? []
        : [
            `${name} gets no certificates before you agree to the terms of the authority: set acme_terms_agreed to On.`,
          ]),
      ...(never.length > 0 && settings.acme_directory === letsEncrypt
        ? [`Let's Encrypt certifies no private names: ${never.join(', ')}.`]
        : []),
    ];
  }
  const foreign = Domains.filter((domain) => !isPrivateName(domain));
  if (foreign.length === 0) return [];
  return [
    `${foreign.join(', ')} of ${name} can be reached by HTTP only: the deployment's own authority certifies private names (${privateSuffixes.map((suffix) => `.${suffix}`).join(', ')}). Set https_certificates to acme.`,
  ];
}

function serviceWarnings(service: WrittenService, name: string): string[] {
  const warnings: string[] = [];
  if (typeof service.Password === 'string')
    warnings.push(
      `The password of ${name} stands in the manifest in plain text. It is stored as a secret and exported as a reference only; remove it from the file, or write {"Secret": "NAME"}.`,
    );
  if (service.Start !== undefined && !service.Start)
    warnings.push(`${name} is not started, because its Start is 0; start it when you need it.`);
  for (const { source } of sourcesOf(service, [])) {
    if (typeof source !== 'string') continue;
    if (/^http:/i.test(source))
      warnings.push(`${source} is fetched without protection against changes on the way; use https if you can.`);
    if (/^[a-z+]+:\/\/[^/@]*:[^/@]*@/i.test(source))
      warnings.push(`A source of ${name} holds a password in its URL; whoever can export the application can read it.`);
  }
  return warnings;
}
