/** What is different between two versions of an application. Pure. */
import { isDeepStrictEqual } from 'node:util';
import type { HistoryChange, HistoryDocument, HistoryService, HistorySubject } from '../contract/history.ts';

/** In the order of the services of `to`, then those that are gone; services are the same by name and type. */
export function compareVersions(from: HistoryDocument, to: HistoryDocument): HistoryChange[] {
  const changes: HistoryChange[] = [...compareOne('description', undefined, from.description, to.description)];
  const isSame = (a: HistoryService) => (b: HistoryService) => a.name === b.name && a.type === b.type;
  for (const service of to.services) {
    const before = from.services.find(isSame(service));
    if (before) changes.push(...compareServices(before, service));
    else changes.push({ service: service.name, subject: 'service', change: 'added', to: describeService(service) });
  }
  for (const service of from.services) {
    if (to.services.some(isSame(service))) continue;
    changes.push({ service: service.name, subject: 'service', change: 'removed', from: describeService(service) });
  }
  return changes;
}

function compareServices(from: HistoryService, to: HistoryService): HistoryChange[] {
  const { name } = to;
  const blobOf = (service: HistoryService) => service.startupScript?.blob.slice(0, 12);
  return [
    ...compareOne('code', name, codeOf(from), codeOf(to)),
    ...compareKeys('configuration', name, from.configuration, to.configuration),
    ...compareKeys('environment', name, from.environment, to.environment),
    ...compareLists('secret', name, from.secrets, to.secrets),
    ...compareLists('need', name, from.needs, to.needs),
    ...compareLists('domain', name, from.domains, to.domains),
    ...compareOne('health_check', name, healthCheckOf(from), healthCheckOf(to)),
    ...compareOne('startup_script', name, blobOf(from), blobOf(to)),
    ...compareOne('password', name, from.password, to.password),
    ...compareOne('cloud', name, from.cloud, to.cloud),
  ];
}

function describeService({ type, code }: HistoryService): string {
  return code ? `${type}, code ${code.id}` : type;
}

function codeOf({ code }: HistoryService): { version: string; name: string; blob: string } | undefined {
  return code && { version: code.id, name: code.name, blob: code.blob };
}

function healthCheckOf({ healthCheck }: HistoryService): string | undefined {
  return healthCheck && `${healthCheck.path}, within ${healthCheck.timeoutMs / 1000} s`;
}

function compareOne(
  subject: HistorySubject,
  service: string | undefined,
  from: unknown,
  to: unknown,
  key?: string,
): HistoryChange[] {
  if (isDeepStrictEqual(from, to)) return [];
  const change = from === undefined ? 'added' : to === undefined ? 'removed' : 'changed';
  return [
    {
      ...(service === undefined ? {} : { service }),
      subject,
      change,
      ...(key === undefined ? {} : { key }),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    },
  ];
}

function compareKeys(
  subject: HistorySubject,
  service: string,
  from: Readonly<Record<string, unknown>>,
  to: Readonly<Record<string, unknown>>,
): HistoryChange[] {
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
  return keys.flatMap((key) => compareOne(subject, service, from[key], to[key], key));
}

function compareLists(
  subject: HistorySubject,
  service: string,
  from: readonly string[],
  to: readonly string[],
): HistoryChange[] {
  return [
    ...to
      .filter((one) => !from.includes(one))
      .map((key): HistoryChange => ({ service, subject, change: 'added', key })),
    ...from
      .filter((one) => !to.includes(one))
      .map((key): HistoryChange => ({ service, subject, change: 'removed', key })),
  ];
}
