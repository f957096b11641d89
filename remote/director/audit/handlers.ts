/** The director's answers about audit and events. */
import type { auditMethods } from '../../core/contract/audit.ts';
import type { Handlers } from '../../core/contract/method.ts';
import type { AuditStore } from './audit-store.ts';

/** @param idOf id of an application by id or name; one that is gone is found by its id */
export function auditHandlers(store: AuditStore, idOf: (application: string) => string): Handlers<typeof auditMethods> {
  const filter = <T extends { application?: string | undefined }>(params: T): T =>
    params.application === undefined ? params : { ...params, application: idOf(params.application) };
  return {
    list_audit: async (params) => {
      const { items, next } = store.list(filter(params));
      return { entries: items, ...(next !== undefined && { next }) };
    },
    verify_audit: async () => store.verify(),
    list_events: async (params) => {
      const { items, next } = store.listEvents(filter(params));
      return { events: items, ...(next !== undefined && { next }) };
    },
  };
}
