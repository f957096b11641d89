/** Applying a manifest: fetch what is new, change the desired state once, then wait for the world to follow. */
import path from 'node:path';
import type { NodeId } from '../core/contract/ids.ts';
import {
  type Manifest,
  type ManifestService,
  recordedKeys,
  type Source,
  sameSource,
  validateManifest,
} from '../core/manifest/index.ts';
import type { OperationKind, Step, StepContext } from '../core/operations/index.ts';
import type { DesiredNode, DesiredService } from '../core/service/state.ts';
import { changeState } from './apply-change.ts';
import { type Fetched, fetchFor } from './apply-fetch.ts';
import type { Manager } from './manager.ts';
import { findService, nodesOf } from './nodes.ts';
import { drainAndRemove } from './scaling.ts';
import { fetchBlob, switchVersion, temporary } from './versions.ts';
import { volumeSizes } from './volume-sizes.ts';
import { isSettled, until } from './waits.ts';

export interface ApplyParams {
  readonly manifest: unknown;
  readonly requestedBy: string;
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
        const volumeGb = await volumeSizes(
          manager,
          manifest.Services.map(({ Type }) => Type),
          context.signal,
        );
        const options = {
          operation: context.id,
          leaving,
          firstSlot: manager.ownSlot,
          home: manager.ownCloud,
          volumeGb,
        };
        const switches = await desired.change((state) => changeState(state, manifest, fetched, specs, options));
        await context.remember({ switches: { ...switchesOf(context), ...switches } });
      },
    },
    {
      name: 'machines',
      title: 'Wait for the machines',
      run: async (context) =>
        until(manager, (world) => world.state.nodes.every((node) => isConnected(world, node.slot)), {
          machines: true,
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
