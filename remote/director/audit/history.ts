/** Turns what is published in a director into the history of events: few, and each worth reading. */
import type { ApplicationSummary, Event, VmInfo } from '../../core/contract/application.ts';
import type { HistoryEvent } from '../../core/contract/audit.ts';
import type { AuditStore } from './audit-store.ts';

export interface HistoryOptions {
  readonly store: AuditStore;
  readonly events: { subscribe(signal: AbortSignal): AsyncIterable<Event> };
  /** Present name of an application. */
  nameOf(id: string): string | undefined;
  log(line: string): void;
}

type NewEvent = Omit<HistoryEvent, 'seq' | 'time'>;

/** Machines are told of when they come, fail and go; what is between passes in seconds. */
const machineTexts: Partial<Record<VmInfo['state'], string>> = {
  joined: 'has joined',
  failed: 'has failed',
  gone: 'is gone',
};

/** Writes down until the signal aborts. */
export async function keepHistory(options: HistoryOptions, signal: AbortSignal): Promise<void> {
  const { store, log } = options;
  const states = store.lastStates();
  const machines = new Map<string, string>();
  const names = new Map<string, string>();
  for await (const event of options.events.subscribe(signal)) {
    const found = told(event, { states, machines, names, nameOf: options.nameOf });
    if (!found) continue;
    await store.addEvent(found.event, found.state).catch((error: unknown) => log(`the history: ${String(error)}`));
  }
}

interface Known {
  /** Last state of each application, and of each machine, that was told. */
  readonly states: Map<string, string>;
  readonly machines: Map<string, string>;
  readonly names: Map<string, string>;
  nameOf(id: string): string | undefined;
}

/** What of an event is worth keeping. Exported for its test. */
export function told(event: Event, known: Known): { event: NewEvent; state?: string } | undefined {
  switch (event.type) {
    case 'application':
      return toldApplication(event.application, known);
    case 'application_deleted': {
      const name = known.names.get(event.id);
      known.states.delete(event.id);
      known.names.delete(event.id);
      return {
        event: {
          kind: 'application',
          level: 'info',
          application: event.id,
          ...(name !== undefined && { applicationName: name }),
          text: `${name ?? event.id} was deleted`,
        },
        state: 'deleted',
      };
    }
    case 'vm':
      return toldMachine(event.vm, known);
    case 'notice':
      if (event.level === 'info') return undefined;
      return {
        event: {
          kind: 'alert',
          level: event.level,
          ...(event.application !== undefined && ofApplication(event.application, known)),
          text: event.text,
        },
      };
    case 'operation':
      return undefined; // operations have a list of their own
  }
}

function toldApplication(summary: ApplicationSummary, known: Known): { event: NewEvent; state: string } | undefined {
  const { id, name, state, cause } = summary;
  known.names.set(id, name);
  if (known.states.get(id) === state) return undefined;
  known.states.set(id, state);
  const level = state === 'failed' || state === 'unreachable' ? 'alert' : state === 'degraded' ? 'warning' : 'info';
  const text = `${name} is ${state}${cause === undefined ? '' : `: ${cause}`}`;
  return { event: { kind: 'application', level, application: id, applicationName: name, text }, state };
}

function toldMachine(vm: VmInfo, known: Known): { event: NewEvent } | undefined {
  const words = machineTexts[vm.state];
  if (words === undefined || known.machines.get(vm.id) === vm.state) return undefined;
  if (vm.state === 'gone') known.machines.delete(vm.id);
  else known.machines.set(vm.id, vm.state);
  const text = `The machine ${vm.address ?? vm.id} (${vm.cloud}) ${words}${vm.cause === undefined ? '' : `: ${vm.cause}`}`;
  return {
    event: {
      kind: 'machine',
      level: vm.state === 'failed' ? 'alert' : 'info',
      ...(vm.application !== undefined && ofApplication(vm.application, known)),
      text,
    },
  };
}

function ofApplication(id: string, known: Known) {
  const name = known.names.get(id) ?? known.nameOf(id);
  return { application: id, ...(name !== undefined && { applicationName: name }) };
}
