/** What of an application's desired state is a version of its history. Pure. */
import type { HistoryDocument, HistoryService } from '../contract/history.ts';
import { activeVersion, recordedPassword } from '../manifest/index.ts';
import type { DesiredService, DesiredState } from '../service/state.ts';

/** The part of a state that history is about: neither data, nor nodes, nor whether it runs. */
export function historyDocument(state: DesiredState): HistoryDocument {
  return { schema: 1, description: state.description, services: state.services.map(historyService) };
}

function historyService(service: DesiredService): HistoryService {
  const { name, type, cloud, healthCheck, startupScript } = service;
  const code = activeVersion(service);
  const password = recordedPassword(service);
  return {
    name,
    type,
    configuration: sorted(service.configuration),
    environment: sorted(service.environment),
    secrets: [...service.secrets].sort(),
    needs: [...service.needs].sort(),
    domains: [...service.domains].sort(),
    ...(cloud === undefined ? {} : { cloud }),
    ...(healthCheck === undefined ? {} : { healthCheck }),
    ...(startupScript === undefined ? {} : { startupScript }),
    ...(code === undefined ? {} : { code }),
    ...(password === undefined ? {} : { password: password.Secret }),
  };
}

/** Blobs that a version needs to be returned to and compared. */
export function blobsOf(document: HistoryDocument): string[] {
  const blobs = document.services.flatMap(({ code, startupScript }) => [
    ...(code ? [code.blob, code.listing] : []),
    ...(startupScript ? [startupScript.blob] : []),
  ]);
  return [...new Set<string>(blobs)].sort();
}

function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
