/** Applying a manifest: fetch what is new, change the desired state once, then wait for the world to follow. */
import path from 'node:path';
import { mergeArchives } from '../core/archive/index.ts';
import { ConpaasError } from '../core/contract/errors.ts';
import { BlobHash, type NodeId, type OperationId, ServiceId } from '../core/contract/ids.ts';
import {
  activeVersion,
  countNodes,
  type Manifest,
  type ManifestService,
  recordedKeys,
  type Source,
  sameSource,
  settingsOf,
  validateManifest,
} from '../core/manifest/index.ts';
import type { OperationKind, Step, StepContext } from '../core/operations/index.ts';
import type { ServiceSpec } from '../core/service/spec.ts';
import {
  type DesiredNode,
  type DesiredService,
  type DesiredState,
  type DesiredVersion,
  emptyService,
} from '../core/service/state.ts';
import type { Manager } from './manager.ts';
import { addNodes, findService, nodesOf } from './nodes.ts';
import { drainAndRemove } from './scaling.ts';
import { fetchSource } from './sources/index.ts';
import { addVersion, fetchBlob, prepareVersion, storeBlob, switchVersion, temporary } from './versions.ts';
import { isSettled, until } from './waits.ts';

export interface ApplyParams {
  readonly manifest: unknown;
  readonly requestedBy: string;
}

/** What was fetched for a service, remembered by the operation until the state is changed. */
interface Fetched {
  version?: Omit<DesiredVersion, 'id'>;
  script?: { blob: string; source: Source };
  dump?: { blob: string; source: Source };
}

type Context = StepContext<ApplyParams>;

export function applyKind(manager: Manager): OperationKind<ApplyParams> {
  const { desired, specs } = manager;
  const manifestOf = (context: Context): Manifest => validateManifest(context.params.manifest, specs).manifest;
  const fetchedOf = (context: Context): Record<string, Fetched> =>
    (context.memory['fetched'] as Record<string, Fetched> | undefined) ?? {};
  const switchesOf = (context: Context): Record<string, string> =>
    (context.memory['switches'] as Record<string, string> | undefined) ?? {};
  const existing = (service: ManifestService): DesiredService | undefined =>
    desired.state.services.find(({ name, type }) => name === service.ServiceName && type === service.Type);

  const steps: Step<ApplyParams>[] = [
    {
      name: 'fetch',
      title: 'Fetch code, scripts and data',
      run: async (context) => {
        const manifest = manifestOf(context);
        const fetched = { ...fetchedOf(context) };
        for (const service of manifest.Services) {
          const name = service.ServiceName;
          if (fetched[name]) continue;
          fetched[name] = await fetchFor(manager, service, existing(service), context);
        }
        await context.remember({ fetched });
      },
    },
    {
      name: 'change',
      title: 'Decide what runs where',
      run: async (context) => {
        const manifest = manifestOf(context);
        const fetched = fetchedOf(context);
        const leaving = desired.state.services
          .filter(({ name, type }) => !manifest.Services.some((one) => one.ServiceName === name && one.Type === type))
          .map(({ id }) => id);
        const leavingNodes = desired.state.nodes.filter(({ service }) => leaving.includes(service)).map(({ id }) => id);
        if (leavingNodes.length > 0) await manager.logShipping.last(leavingNodes, context.signal);
        const switches = await desired.change((state) =>
          changeState(state, manifest, fetched, specs, { operation: context.id, leaving, firstSlot: manager.ownSlot }),
        );
        await context.remember({ switches: { ...switchesOf(context), ...switches } });
      },
    },
    {
      name: 'machines',
      title: 'Wait for the machines',
      run: async (context) =>
        until(manager, (world) => world.state.nodes.every((node) => isConnected(world, node.slot)), {
          signal: context.signal,
          progress: (world) => {
            const slots = [...new Set(world.state.nodes.map(({ slot }) => slot))];
            const joined = slots.filter((slot) => isConnected(world, slot)).length;
            context.update(slots.length === 0 ? 1 : joined / slots.length, `${joined} of ${slots.length} joined`);
          },
        }),
    },
    {
      name: 'start',
      title: 'Start the nodes',
      run: async (context) => settleAll(manager, context, switchingNodes(manager, switchesOf(context))),
    },
    {
      name: 'code',
      title: 'Switch to the new code',
      run: async (context) => {
        for (const [service, version] of Object.entries(switchesOf(context))) {
          if (findService(desired.state, service).activeVersion === version) continue;
          await switchVersion(manager, service, version, context);
        }
      },
    },
    {
      name: 'data',
      title: 'Load the data',
      run: async (context) => {
        for (const service of manifestOf(context).Services) {
          const dump = fetchedOf(context)[service.ServiceName]?.dump;
          if (dump) await loadDump(manager, service.ServiceName, dump, context);
        }
      },
    },
    {
      name: 'scale',
      title: 'Remove what is no longer wanted',
      run: async (context) => {
        await removeSurplus(manager, manifestOf(context), context);
        await settleAll(manager, context);
        const address = manager.address();
        if (address) context.result({ address });
      },
    },
  ];

  return {
    kind: 'apply',
    title: () => 'Apply the manifest',
    target: () => ({ application: manager.application }),
    steps: () => steps,
    deadlineMs: 15 * 60_000,
    queue: () => 'application',
  };
}

/**
 * Nodes that a later step gives new code, health-checked: they are not waited for before it, as what they run now may be
 * the very thing that the new code mends.
 */
function switchingNodes(manager: Manager, switches: Readonly<Record<string, string>>): ReadonlySet<NodeId> {
  const { services, nodes } = manager.desired.state;
  const isSwitching = (node: DesiredNode): boolean => {
    const service = services.find(({ id }) => id === node.service);
    const version = switches[node.service];
    if (!service || version === undefined || service.activeVersion === version) return false;
    return manager.types[service.type]?.rollingRoles.includes(node.role) ?? false;
  };
  return new Set(nodes.filter(isSwitching).map(({ id }) => id));
}

/** Waits until every node runs what it should. */
async function settleAll(manager: Manager, context: Context, except: ReadonlySet<NodeId> = new Set()): Promise<void> {
  const ids = (): NodeId[] => manager.desired.state.nodes.map(({ id }) => id).filter((id) => !except.has(id));
  await until(manager, (world) => ids().every((id) => isSettled(world, id)), {
    signal: context.signal,
    nodes: ids(),
    progress: (world) => {
      const ready = ids().filter((id) => isSettled(world, id)).length;
      context.update(ids().length === 0 ? 1 : ready / ids().length, `${ready} of ${ids().length} nodes are ready`);
    },
  });
}

function isConnected(world: { vms: readonly { slot?: string | undefined; state: string }[] }, slot: string): boolean {
  return world.vms.some((vm) => vm.slot === slot && vm.state === 'joined');
}

/** Fetches what a service's sources name and is not there already. */
async function fetchFor(
  manager: Manager,
  service: ManifestService,
  existing: DesiredService | undefined,
  context: Context,
): Promise<Fetched> {
  const fetched: Fetched = {};
  const { signal } = context;
  const title = service.ServiceName;
  const progress = (what: string) => (received: number, total: number | undefined) =>
    context.update(total ? received / total : undefined, `${title}: ${what}, ${Math.round(received / 1024)} KiB`);

  if (service.Archive && !isActive(existing, service.Archive)) {
    await using work = await temporary(manager);
    const files: { path: string; name: string }[] = [];
    for (const [index, source] of service.Archive.entries()) {
      files.push(await fetchTo(manager, source, path.join(work.path, String(index)), progress('code'), signal));
    }
    const [first] = files;
    let file = first?.path ?? '';
    if (files.length > 1) {
      file = path.join(work.path, 'merged.tar.gz');
      await mergeArchives(
        files.map((one) => one.path),
        file,
        { signal },
      );
    }
    context.update(undefined, `${title}: checking the code`);
    fetched.version = await prepareVersion(
      manager,
      file,
      {
        name: files.map(({ name }) => name).join(' + '),
        description: 'from the manifest',
        source: service.Archive,
        createdBy: context.params.requestedBy,
      },
      signal,
    );
  }
  const sources: [keyof Fetched & ('script' | 'dump'), Source | undefined, unknown][] = [
    ['script', service.StartupScript, existing?.startupScript?.source],
    ['dump', service.Dump, existing?.data[recordedKeys.dump]],
  ];
  for (const [key, source, known] of sources) {
    if (source === undefined || (known !== undefined && sameSource(source, known as Source))) continue;
    await using work = await temporary(manager);
    const { path: file } = await fetchTo(manager, source, path.join(work.path, key), progress(key), signal);
    fetched[key] = { blob: (await storeBlob(manager, file, signal)).blob, source };
  }
  return fetched;
}

function isActive(existing: DesiredService | undefined, layers: readonly Source[]): boolean {
  const version = existing && activeVersion(existing);
  if (!version) return false;
  const known = (Array.isArray(version.source) ? version.source : [{ Blob: version.blob }]) as Source[];
  return (
    known.length === layers.length &&
    layers.every((layer, index) => {
      const other = known[index];
      return other !== undefined && sameSource(layer, other);
    })
  );
}

async function fetchTo(
  manager: Manager,
  source: Source,
  file: string,
  onProgress: (received: number, total: number | undefined) => void,
  signal: AbortSignal,
): Promise<{ path: string; name: string }> {
  if (typeof source !== 'string') {
    await fetchBlob(manager, source.Blob, file, signal);
    return { path: file, name: source.Name ?? source.Blob.slice(0, 12) };
  }
  return fetchSource(source, { allowPrivate: manager.isLocal(), directory: file, signal, onProgress });
}

/**
 * The one change of the desired state. Edits `state`; gives the versions that running services must still be switched to.
 */
function changeState(
  state: DesiredState,
  manifest: Manifest,
  fetched: Readonly<Record<string, Fetched>>,
  specs: Readonly<Record<string, ServiceSpec>>,
  options: { operation: OperationId; leaving: readonly string[]; firstSlot: string },
): Record<string, string> {
  const switches: Record<string, string> = {};
  state.description = manifest.Description;
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

async function removeSurplus(manager: Manager, manifest: Manifest, context: Context): Promise<void> {
  for (const wanted of manifest.Services) {
    const { state } = manager.desired;
    const service = findService(state, wanted.ServiceName);
    for (const [role, asked] of Object.entries(wanted.StartupInstances ?? {})) {
      const surplus = nodesOf(state, service, role).slice(asked);
      if (surplus.length > 0)
        await drainAndRemove(
          manager,
          surplus.map(({ id }) => id),
          context,
        );
    }
  }
}

/** Loads a dump through the service's own `load_dump`, once. */
async function loadDump(
  manager: Manager,
  name: string,
  dump: { blob: string; source: Source },
  context: Context,
): Promise<void> {
  const service = findService(manager.desired.state, name);
  const known = service.data[recordedKeys.dump];
  if (known !== undefined && sameSource(known as Source, dump.source)) return;
  await using work = await temporary(manager);
  const file = path.join(work.path, 'dump');
  await fetchBlob(manager, dump.blob, file, context.signal);
  context.update(undefined, `${name}: loading`);
  await manager.loadDump(service, file, context);
  await manager.desired.change((state) => {
    findService(state, name).data[recordedKeys.dump] = dump.source;
  });
}
