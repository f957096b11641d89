/** The audit trail and the history of events of a director, put together. */
import path from 'node:path';
import { ConpaasError, toFailure } from '../../core/contract/errors.ts';
import { managerMethods } from '../../core/contract/manager.ts';
import type { MethodTable } from '../../core/contract/method.ts';
import type { AuthorizeRequest, RelayedCallFacts, RelayWatcher } from '../../core/rpc/index.ts';
import type { ServiceSpec } from '../../core/service/spec.ts';
import type { Inventory } from '../inventory.ts';
import { AuditStore } from './audit-store.ts';
import { type AuditedOptions, audited, whoIs } from './audited.ts';
import { auditHandlers } from './handlers.ts';
import { keepHistory } from './history.ts';
import { relayedCalls } from './relayed.ts';

export interface AuditOptions {
  readonly home: string;
  readonly inventory: Inventory;
  readonly specs: Readonly<Record<string, ServiceSpec>>;
  log(line: string): void;
}

export interface Audit extends AsyncDisposable {
  readonly methods: ReturnType<typeof auditHandlers>;
  /** A whole copy as of now, in a file that must not be there yet. */
  copyTo(file: string): void;
  /** The same handlers, whose changes are written down. */
  wrap<T extends object>(table: MethodTable, handlers: T): T;
  readonly watchRelayed: (call: RelayedCallFacts) => RelayWatcher | undefined;
  /** A call that a user may not make. */
  refused(request: AuthorizeRequest, error: unknown): void;
  /** A certificate that was renewed. */
  renewed(whose: string, application?: string): void;
}

/** Opens `audit.db` in the director's home, and writes events down until it is disposed of. */
export function openAudit({ home, inventory, specs, log }: AuditOptions): Audit {
  const store = new AuditStore(path.join(home, 'audit.db'));
  const stopping = new AbortController();
  const options: AuditedOptions = {
    append: (entry) => store.append(entry),
    application(idOrName) {
      const found = inventory.applications().find(({ id, name }) => id === idOrName || name === idOrName);
      return found && { id: found.id, name: found.name };
    },
    log,
  };
  const ofManagers: MethodTable = Object.assign(
    {},
    managerMethods,
    ...Object.values(specs).map((spec) => spec.managerMethods),
  );
  const kept = keepHistory(
    { store, events: inventory.events, nameOf: (id) => options.application(id)?.name, log },
    stopping.signal,
  ).catch((error: unknown) => log(`the history of events ends here: ${String(error)}`));
  const complain = (error: unknown): void => log(`the audit trail cannot be written: ${toFailure(error).message}`);

  return {
    copyTo: (file) => store.copyTo(file),
    methods: auditHandlers(store, (application) => options.application(application)?.id ?? application),
    wrap: (table, handlers) => audited(table, handlers, options),
    watchRelayed: relayedCalls(ofManagers, options),
    refused({ identity, name, from }, error) {
      if (identity?.kind !== 'user' || !(error instanceof ConpaasError)) return;
      store
        .append({ who: whoIs(identity), from: from ?? '', method: name, target: {}, outcome: error.code })
        .catch(complain);
    },
    renewed(whose, application) {
      const about = application === undefined ? undefined : options.application(application);
      store
        .addEvent({
          kind: 'certificate',
          level: 'info',
          ...(about && { application: about.id, applicationName: about.name }),
          text: `The certificate of ${about ? whose.replace(about.id, about.name) : whose} was renewed`,
        })
        .catch(complain);
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await kept;
      store[Symbol.dispose]();
    },
  };
}
