/** Applications and VMs in memory, journaled before anything is said of them. */

import type { ApplicationSummary, Event, ReportedSummary, VmInfo } from '../core/contract/application.ts';
import { ConpaasError } from '../core/contract/errors.ts';
import { type ApplicationId, newId, VmId } from '../core/contract/ids.ts';
import { Changed, Topic } from '../core/events/index.ts';
import type { Journal } from '../core/journal/index.ts';
import { patienceHere } from '../core/supervisor/patience.ts';
import { loadOutlines, type Outline } from './outline.ts';
import { costOf } from './prices.ts';
import {
  type ApplicationRecord,
  deleteApplication,
  deleteVm,
  loadApplications,
  loadVms,
  saveApplication,
  saveVm,
  type VmRecord,
} from './store.ts';

/** A manager tells again at least once a minute that all is as it was; one that is silent for longer is not there. Milliseconds. */
const silentAfterMs = 150_000 * patienceHere();

export class Inventory {
  readonly events = new Topic<Event>();
  /** Any change of applications or VMs. */
  readonly changed = new Changed();
  /** Volumes of an application; put in by whoever keeps them. */
  volumesOf: (application: ApplicationId) => readonly { readonly pricePerHour?: number | undefined }[] = () => [];
  /** CPU in each of the last 15 minutes; put in by whoever measures it. */
  loadOf: (application: ApplicationId) => number[] | undefined = () => undefined;
  /** Told of an application that is gone. */
  onDelete: (application: ApplicationId) => void = () => undefined;
  readonly #journal: Journal;
  readonly #applications = new Map<ApplicationId, ApplicationRecord>();
  readonly #vms = new Map<VmId, VmRecord>();
  /** The same by application: lists of thousands of applications ask each for its own. */
  readonly #vmsOf = new Map<ApplicationId | undefined, Map<VmId, VmRecord>>();
  /** What was last said to cost each application. */
  readonly #published = new Map<ApplicationId, number | undefined>();
  /** What each should be, as its manager stored it, until its manager reports. */
  readonly #outlines: ReadonlyMap<ApplicationId, Outline>;
  readonly #reported = new Map<ApplicationId, ReportedSummary & { at: number }>();
  /** When each manager was last heard of, by a clock that stands still while this computer sleeps. */
  readonly #heard = new Map<ApplicationId, number>();
  /** Applications of which lists were told that their manager is silent. */
  readonly #silent = new Set<ApplicationId>();

  constructor(journal: Journal) {
    this.#journal = journal;
    for (const record of journal.read(loadApplications)) this.#applications.set(record.id, record);
    for (const record of journal.read(loadVms)) this.#keep(record);
    this.#outlines = journal.read(loadOutlines);
  }

  applications(): ApplicationRecord[] {
    return [...this.#applications.values()];
  }

  application(id: ApplicationId): ApplicationRecord | undefined {
    return this.#applications.get(id);
  }

  /** An application by id or name; throws `not_found` with what there is. */
  find(idOrName: string): ApplicationRecord {
    const found =
      this.#applications.get(idOrName as ApplicationId) ?? this.applications().find(({ name }) => name === idOrName);
    if (found) return found;
    const names = this.applications().map(({ name }) => name);
    throw new ConpaasError(
      'not_found',
      `There is no application "${idOrName}".${names.length > 0 ? ` There are: ${names.slice(0, 10).join(', ')}.` : ''}`,
    );
  }

  async saveApplication(record: ApplicationRecord): Promise<void> {
    await this.#journal.write((db) => saveApplication(db, record));
    this.#applications.set(record.id, record);
    this.#publish(record);
  }

  async deleteApplication(id: ApplicationId): Promise<void> {
    await this.#journal.write((db) => deleteApplication(db, id));
    this.#applications.delete(id);
    this.#reported.delete(id);
    this.#heard.delete(id);
    this.#silent.delete(id);
    this.onDelete(id);
    this.#published.delete(id);
    this.#vmsOf.delete(id);
    this.events.publish({ type: 'application_deleted', id });
    this.changed.notify();
  }

  vms(application?: ApplicationId): VmRecord[] {
    const vms = application === undefined ? this.#vms : this.#vmsOf.get(application);
    return vms ? [...vms.values()] : [];
  }

  #keep(record: VmRecord): void {
    this.#vms.set(record.id, record);
    const own = this.#vmsOf.get(record.application) ?? new Map<VmId, VmRecord>();
    this.#vmsOf.set(record.application, own.set(record.id, record));
  }

  vm(id: VmId): VmRecord | undefined {
    return this.#vms.get(id);
  }

  /**
   * The VM of a slot, made (as a record) when there is none yet: the record exists before the cloud is asked.
   * @throws ConpaasError conflict: its application is being deleted, or was
   */
  async ensureVm(application: ApplicationId, slot: string, cloud: string, operation: string): Promise<VmRecord> {
    const found = this.vms(application).find((vm) => vm.slot === slot);
    if (found) return found;
    if (this.#applications.get(application)?.deleting !== false) {
      throw new ConpaasError('conflict', 'The application is being deleted: no machine is made for it any more.');
    }
    const record: VmRecord = {
      id: VmId.parse(newId('vm')),
      cloud,
      application,
      role: 'application',
      state: 'creating',
      createdAt: Date.now(),
      slot,
      operation,
      managers: [],
      managerPorts: {},
    };
    this.#keep(record);
    await this.saveVm(record);
    return record;
  }

  /**
   * What machines wait for that a cloud was asked for and has not made yet; undefined: nothing any more. It is told as their
   * cause, and once as a notice.
   */
  async machinesWait(cloud: string, cause: string | undefined): Promise<void> {
    const waiting = this.vms().filter(
      (vm) => vm.cloud === cloud && vm.cloudId === undefined && vm.state === 'creating',
    );
    const changed = waiting.filter((vm) => vm.cause !== cause);
    for (const vm of changed) {
      if (cause !== undefined) this.notice('warning', `A machine is wanted. ${cause}`, vm.application);
      await this.saveVm(Object.assign(vm, { cause }));
    }
  }

  /** Puts a machine on record that is there already. */
  async adoptVm(record: VmRecord): Promise<void> {
    this.#keep(record);
    await this.saveVm(record);
  }

  /** A record that was deleted meanwhile stays deleted, whoever still has it in hand. */
  async saveVm(record: VmRecord): Promise<void> {
    if (!this.#vms.has(record.id)) return;
    this.#keep(record);
    await this.#journal.write((db) => saveVm(db, record));
    this.events.publish({ type: 'vm', vm: vmInfo(record) });
    this.changed.notify();
    this.#costChanged(record.application);
  }

  async deleteVm(id: VmId): Promise<void> {
    const record = this.#vms.get(id);
    // Before it is on disk: what is saved from now on would come after it.
    this.#vms.delete(id);
    this.#vmsOf.get(record?.application)?.delete(id);
    await this.#journal.write((db) => deleteVm(db, id));
    if (record) this.events.publish({ type: 'vm', vm: { ...vmInfo(record), state: 'gone' } });
    this.changed.notify();
    this.#costChanged(record?.application);
  }

  /** What a manager says of its application. */
  report(id: ApplicationId, summary: ReportedSummary): void {
    this.#reported.set(id, { ...summary, at: Date.now() });
    this.#heard.set(id, performance.now());
    this.#silent.delete(id);
    const record = this.#applications.get(id);
    if (record) this.#publish(record);
  }

  /** Lists learn of managers that have fallen silent, for those tell nobody. */
  tellSilent(): void {
    for (const record of this.#applications.values()) {
      if (this.#silent.has(record.id) || this.#silence(record.id) === undefined) continue;
      this.#silent.add(record.id);
      this.#publish(record);
    }
  }

  /** Why nothing is known of an application whose manager has reported, and does not any more; undefined: it does. */
  #silence(id: ApplicationId): string | undefined {
    const heard = this.#heard.get(id);
    const silentMs = heard === undefined ? 0 : performance.now() - heard;
    if (silentMs < silentAfterMs) return undefined;
    const epoch = this.#applications.get(id)?.epoch;
    const vm = this.vms(id).find(({ managers }) => epoch !== undefined && managers.includes(epoch));
    const why = vm?.cause === undefined ? '' : `: ${vm.cause}`;
    return `its manager has not been heard of for ${Math.floor(silentMs / 60_000)} minutes${why}`;
  }

  summary(record: ApplicationRecord): ApplicationSummary {
    const reported = this.#reported.get(record.id);
    // Reports are not kept: after a start of the director each manager tells again in a moment.
    const outline = reported ? undefined : this.#outlines.get(record.id);
    const vms = this.vms(record.id);
    const costPerHour = this.#cost(record.id);
    const known = vms.some(({ managerPorts }) => Object.keys(managerPorts).length > 0);
    const silence = reported && this.#silence(record.id);
    const { at, ...summary } = reported ?? {
      at: undefined,
      ...(known
        ? { state: 'unreachable' as const, cause: 'its manager has not reported yet' }
        : { state: 'creating' as const }),
      services: (outline?.services ?? []).map((service) => ({ ...service, state: 'unreachable' as const })),
      nodes: { running: 0, wanted: outline?.wanted ?? 0 },
    };
    return {
      id: record.id,
      name: record.name,
      createdAt: record.createdAt,
      cloud: record.cloud,
      load: this.loadOf(record.id),
      ...summary,
      ...(silence !== undefined && {
        state: 'unreachable' as const,
        cause: silence,
        services: summary.services.map((service) => ({ ...service, state: 'unreachable' as const })),
        nodes: { ...summary.nodes, running: 0 },
      }),
      ...(costPerHour === undefined ? {} : { costPerHour }),
      ...(record.deleting ? { state: 'stopping' as const, cause: 'it is being deleted' } : {}),
      reportedAt: at,
    };
  }

  /** The load of these applications is another than before: lists learn of it. */
  changedLoad(ids: readonly string[]): void {
    for (const id of ids) {
      const record = this.#applications.get(id as ApplicationId);
      if (record) this.events.publish({ type: 'application', application: this.summary(record) });
    }
  }

  /** Its volumes, or what is known of them, are others now. */
  volumesChanged(application: ApplicationId): void {
    this.changed.notify();
    this.#costChanged(application);
  }

  notice(level: 'info' | 'warning' | 'alert', text: string, application?: string): void {
    this.events.publish({ type: 'notice', level, text, application, time: Date.now() });
  }

  /** Lists show what an application costs: it changes with its machines, whatever its manager says. */
  #costChanged(id: ApplicationId | undefined): void {
    const record = id === undefined ? undefined : this.#applications.get(id);
    if (!record || this.#published.get(record.id) === this.#cost(record.id)) return;
    this.#publish(record);
  }

  /** US dollars an hour; undefined while a price is not known. */
  #cost(id: ApplicationId): number | undefined {
    const { perHour, unknown } = costOf(this.#vmsOf.get(id)?.values() ?? [], this.volumesOf(id));
    return unknown === 0 ? perHour : undefined;
  }

  #publish(record: ApplicationRecord): void {
    this.#published.set(record.id, this.#cost(record.id));
    this.events.publish({ type: 'application', application: this.summary(record) });
    this.changed.notify();
  }
}

/** What is said of a VM to others. */
export function vmInfo(record: VmRecord): VmInfo {
  const { id, cloud, cloudKind, application, role, state, cause, address, publicAddress, agentPort, createdAt, slot } =
    record;
  const { size, pricePerHour, pricedAt, forwarded } = record;
  return {
    ...{ id, cloud, cloudKind, application, role, state, cause, address, publicAddress, agentPort, createdAt, slot },
    ...{ size, pricePerHour, pricedAt, forwarded },
  };
}
