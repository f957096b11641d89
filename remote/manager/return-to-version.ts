/** Making an application what a version of its history says, health-gated, and going back by itself when that fails. */
import { ConpaasError, toFailure } from '../core/contract/errors.ts';
import type { HistoryDocument, HistoryService } from '../core/contract/history.ts';
import type { NodeId } from '../core/contract/ids.ts';
import { recordedKeys } from '../core/manifest/index.ts';
import type { OperationKind, StepContext } from '../core/operations/index.ts';
import type { ServiceSpec } from '../core/service/spec.ts';
import type { DesiredService, DesiredState } from '../core/service/state.ts';
import { newService } from './apply-change.ts';
import type { Manager } from './manager.ts';
import { addNodes, findService } from './nodes.ts';
import { isPassing } from './patience.ts';
import { switchVersion } from './versions.ts';
import { volumeSizes } from './volume-sizes.ts';
import { isSettled, until } from './waits.ts';

export interface ReturnToParams {
  readonly version: number;
  readonly document: HistoryDocument;
}

type Specs = Readonly<Record<string, ServiceSpec>>;

/** How long nodes get to be back where they were after a return that failed, in milliseconds. */
const backMs = 60_000;

/** What the operation remembers of the state before it touched anything. */
interface Before {
  readonly description: string;
  readonly services: readonly DesiredService[];
}

export function returnToVersionKind(manager: Manager): OperationKind<ReturnToParams> {
  return {
    kind: 'return_to_version',
    title: ({ version }) => `Return to version ${version}`,
    target: () => ({ application: manager.application }),
    deadlineMs: 15 * 60_000,
    queue: () => 'application',
    steps: () => [
      {
        name: 'return',
        title: 'Bring code and configuration back, node by node, each checked first',
        run: (context) => returnToVersion(manager, context),
      },
    ],
  };
}

async function returnToVersion(manager: Manager, context: StepContext<ReturnToParams>): Promise<void> {
  const { desired, specs } = manager;
  const { version, document } = context.params;
  const before =
    (context.memory['before'] as Before | undefined) ??
    structuredClone({ description: desired.state.description, services: desired.state.services });
  await context.remember({ before });
  const types = document.services.map(({ type }) => type);
  const volumeGb = await volumeSizes(manager, types, context.signal);
  const options = { operation: context.id, packed: manager.ownSlot, home: manager.ownCloud, now: Date.now(), volumeGb };
  try {
    const switches = await desired.change((state) => changeTo(state, document, specs, options));
    // What gets other code is health-checked as it is switched; what it runs now may be the very thing that is mended.
    const rolling = ({ service, role }: { service: string; role: string }): boolean => {
      const type = desired.state.services.find(({ id }) => id === service)?.type;
      return switches[service] !== undefined && (manager.types[type ?? '']?.rollingRoles.includes(role) ?? false);
    };
    await settle(manager, context, (node) => !rolling(node));
    for (const [service, code] of Object.entries(switches)) await switchVersion(manager, service, code, context);
    await settle(manager, context, () => true);
    context.result({ version: String(version) });
  } catch (error) {
    const failure = toFailure(error);
    // A manager that is ending goes on in its next life, and who is away comes back.
    if (isPassing(failure)) throw error;
    context.log('going back to what it was before');
    await desired.change((state) => restore(state, before, context.id));
    await until(manager, (world) => world.state.nodes.every(({ id }) => isSettled(world, id)), {
      signal: AbortSignal.timeout(backMs),
    }).catch(() => context.log('not all nodes are back yet; they are brought back as soon as they can be'));
    throw new ConpaasError(failure.code, `The application is as it was before: ${failure.message}`, {
      ...(failure.log ? { log: failure.log } : {}),
      cause: failure,
    });
  }
}

async function settle(
  manager: Manager,
  context: StepContext<ReturnToParams>,
  which: (node: DesiredState['nodes'][number]) => boolean,
): Promise<void> {
  const ids = (): NodeId[] => manager.desired.state.nodes.filter(which).map(({ id }) => id);
  await until(manager, (world) => ids().every((id) => isSettled(world, id)), {
    signal: context.signal,
    nodes: ids(),
    progress: (world) => {
      const ready = ids().filter((id) => isSettled(world, id)).length;
      context.update(ready / Math.max(1, ids().length), `${ready} of ${ids().length} nodes are ready`);
    },
  });
}

/**
 * Edits a state so that it is what a version says, but for code that services must be switched to node by node: gives
 * those, by id of the service. Services that the version does not have stay: their data would be lost with them. One that
 * is gone is made anew, empty. Repeating it changes nothing.
 * @throws ConpaasError conflict when a service of that name has another type now
 */
export function changeTo(
  state: DesiredState,
  document: HistoryDocument,
  specs: Specs,
  options: {
    operation: string;
    packed: string;
    home?: string | undefined;
    now: number;
    volumeGb?: ((service: DesiredService, role: string) => number) | undefined;
  },
): Record<string, string> {
  const switches: Record<string, string> = {};
  const isRunning = state.services.length === 0 || state.services.some(({ running }) => running);
  const names = new Set([...state.services, ...document.services].map(({ name }) => name));
  state.description = document.description;
  for (const wanted of document.services) {
    const spec = specs[wanted.type];
    if (!spec) throw new ConpaasError('conflict', `There is no service type "${wanted.type}" any more.`);
    let service = state.services.find(({ name }) => name === wanted.name);
    if (service && service.type !== wanted.type) {
      throw new ConpaasError(
        'conflict',
        `${wanted.name} was a ${wanted.type} service then and is a ${service.type} service now. Remove it first.`,
      );
    }
    const isNew = service === undefined;
    if (!service) {
      service = newService(state, spec, wanted.name);
      service.running = isRunning;
      state.services.push(service);
    }
    configure(service, wanted, names);
    const code = wanted.code && codeVersion(service, wanted.code);
    if (code === undefined) serveNoCode(state, service);
    else if (service.activeVersion === undefined) serve(state, service, code);
    else if (service.activeVersion !== code) switches[service.id] = code;
    if (isNew) {
      const counts = Object.fromEntries(Object.entries(spec.roles).map(([role, { count }]) => [role, count]));
      addNodes(state, service, counts, options);
    }
  }
  return switches;
}

function configure(service: DesiredService, wanted: HistoryService, names: ReadonlySet<string>): void {
  service.configuration = { ...wanted.configuration };
  service.environment = { ...wanted.environment };
  service.secrets = [...wanted.secrets];
  service.needs = wanted.needs.filter((name) => names.has(name));
  service.domains = [...wanted.domains];
  if (wanted.cloud === undefined) delete service.cloud;
  else service.cloud = wanted.cloud;
  if (wanted.healthCheck) service.healthCheck = { ...wanted.healthCheck };
  else delete service.healthCheck;
  if (wanted.startupScript) service.startupScript = { ...wanted.startupScript };
  else delete service.startupScript;
  if (wanted.password === undefined) delete service.data[recordedKeys.password];
  else service.data[recordedKeys.password] = { Secret: wanted.password };
}

/** The service's own version with this code; put back where it has been deleted. */
function codeVersion(service: DesiredService, code: NonNullable<HistoryService['code']>): string {
  const same =
    service.versions.find(({ id, blob }) => id === code.id && blob === code.blob) ??
    service.versions.find(({ blob }) => blob === code.blob);
  if (same) return same.id;
  const isTaken = service.versions.some(({ id }) => id === code.id) || !isPast(service, code.id);
  const id = isTaken ? `v${service.nextVersion++}` : code.id;
  service.versions.push({ ...code, id });
  service.versions.sort((a, b) => numberOf(a.id) - numberOf(b.id));
  return id;
}

const numberOf = (id: string): number => Number(id.slice(1));

/** Whether the service has counted past this id, so that no later version can get it. */
function isPast(service: DesiredService, id: string): boolean {
  return numberOf(id) < service.nextVersion;
}

function serve(state: DesiredState, service: DesiredService, version: string): void {
  service.activeVersion = version;
  for (const node of state.nodes) if (node.service === service.id) node.version = version;
}

function serveNoCode(state: DesiredState, service: DesiredService): void {
  if (service.activeVersion !== undefined) service.previousVersion = service.activeVersion;
  delete service.activeVersion;
  for (const node of state.nodes) if (node.service === service.id) delete node.version;
}

/** Undoes `changeTo` and what was switched since; services that `operation` made go again, and their nodes. */
export function restore(state: DesiredState, before: Before, operation: string): void {
  const made = state.services.filter(
    ({ id }) =>
      !before.services.some((service) => service.id === id) &&
      state.nodes.some((node) => node.service === id && node.operation === operation),
  );
  state.services = state.services.filter((service) => !made.includes(service));
  state.nodes = state.nodes.filter((node) => !made.some(({ id }) => id === node.service));
  state.description = before.description;
  for (const old of before.services) {
    const service = state.services.find(({ id }) => id === old.id);
    if (!service) continue;
    const { versions, nextVersion, nextNode, running } = findService(state, service.id);
    Object.assign(service, structuredClone(old), { versions, nextVersion, nextNode, running });
    for (const key of ['healthCheck', 'startupScript', 'cloud', 'activeVersion', 'previousVersion'] as const) {
      if (old[key] === undefined) delete service[key];
    }
    if (old.activeVersion === undefined) {
      for (const node of state.nodes) if (node.service === service.id) delete node.version;
    } else serve(state, service, old.activeVersion);
  }
}
