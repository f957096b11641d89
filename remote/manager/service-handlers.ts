/** The manager's methods for one service beside the basics: see core/contract/services.ts. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { z } from 'zod';
import { ConpaasError } from '../core/contract/errors.ts';
import type { Call, Handlers } from '../core/contract/method.ts';
import type { Started } from '../core/contract/operation.ts';
import { longestScript, type ScriptOutput } from '../core/contract/scripts.ts';
import type { serviceMethods } from '../core/contract/services.ts';
import type { DesiredNode, DesiredService } from '../core/service/state.ts';
import type { Manager } from './manager.ts';
import { findService, nodesOf } from './nodes.ts';
import type { RemoveParams } from './scaling.ts';
import type { ConfigureParams } from './service-operations.ts';
import { compareFiles, findVersion, listFiles, storeBlob, temporary } from './versions.ts';
import type { World } from './views.ts';
import { irreplaceable } from './views.ts';

export interface ServiceHandlersOptions {
  readonly manager: Manager;
  world(): World;
  start<P extends object>(kind: string, params: P, call: Call): Promise<z.infer<typeof Started>>;
}

export function servicePageHandlers({
  manager,
  world,
  start,
}: ServiceHandlersOptions): Handlers<typeof serviceMethods> {
  const { desired, specs } = manager;
  const find = (service: string): DesiredService => findService(desired.state, service);
  const configure = (service: DesiredService, change: Omit<ConfigureParams, 'service'>, call: Call) =>
    start<ConfigureParams>('set_configuration', { service: service.id, ...change }, call);
  const withScripts = (name: string): DesiredService => {
    const service = find(name);
    if (specs[service.type]?.scripts) return service;
    throw new ConpaasError('conflict', `${service.name} (${service.type}) runs no startup script.`);
  };

  return {
    replace_node: async ({ node }, call) => {
      const found = desired.state.nodes.find(({ id }) => id === node);
      if (!found) throw new ConpaasError('not_found', `There is no node "${node}".`);
      if (found.phase === 'draining') throw new ConpaasError('conflict', `${node} is being removed already.`);
      const params = { service: found.service, ids: [found.id], replace: { [found.role]: 1 } };
      refuseIrreplaceable(world(), params);
      return start<RemoveParams>('replace_node', params, call);
    },
    set_health_check: async ({ service, healthCheck }, call) => {
      const own = find(service);
      if (!specs[own.type]?.code)
        throw new ConpaasError('conflict', `${own.name} (${own.type}) takes no code, so there is none to check.`);
      return configure(own, { healthCheck }, call);
    },
    set_service_secrets: async ({ service, secrets }, call) =>
      configure(withScripts(service), { secrets: [...new Set(secrets)] }, call),
    read_startup_script: async ({ service }, call) => {
      const blob = find(service).startupScript?.blob;
      if (blob === undefined) return {};
      const { stream } = await manager.director.download('download_blob', { blob }, { signal: call.signal });
      stream.setEncoding('utf8');
      let script = '';
      for await (const part of stream) {
        script += part as string;
        if (script.length > longestScript)
          throw new ConpaasError('too_large', 'The script is too large to be shown. Download it with its manifest.');
      }
      return { script, blob };
    },
    write_startup_script: async ({ service, script }, call) => {
      const own = withScripts(service);
      await using work = await temporary(manager);
      const file = path.join(work.path, 'script');
      await writeFile(file, script);
      const { blob } = await storeBlob(manager, file, call.signal);
      return configure(own, { script: blob }, call);
    },
    dry_run_script: (params, call) => dryRun(manager, world, withScripts(params.service), params, call.signal),
    compare_files: async ({ service, version, files }, call) => {
      const own = find(service);
      const wanted = version ?? own.activeVersion;
      const before = wanted === undefined ? [] : await listFiles(manager, findVersion(own, wanted), call.signal);
      const after = files.map(([name, sha256]) => ({ path: name, size: 0, sha256 }));
      return { ...(wanted === undefined ? {} : { version: wanted }), ...compareFiles(before, after) };
    },
  };
}

/**
 * Nodes that hold what exists once are neither replaced nor removed with a fresh one in their place.
 * @throws ConpaasError conflict with the reason
 */
export function refuseIrreplaceable(world: World, { service, ids, replace }: RemoveParams): void {
  const own = world.state.services.find(({ id }) => id === service);
  for (const node of world.state.nodes) {
    if (!own || !ids.includes(node.id) || (replace[node.role] ?? 0) === 0) continue;
    const reason = irreplaceable(world, own, node);
    if (reason !== undefined) throw new ConpaasError('conflict', `${node.id} cannot be replaced. ${reason}`);
  }
}

async function* dryRun(
  manager: Manager,
  world: () => World,
  service: DesiredService,
  { node, script, network }: { node?: string | undefined; script: string; network: boolean },
  signal: AbortSignal,
): AsyncIterable<ScriptOutput> {
  const known = world();
  const isRunning = ({ id }: DesiredNode) => known.node(id)?.state === 'running';
  const nodes = nodesOf(manager.desired.state, service);
  const role = manager.specs[service.type]?.defaultRole;
  const chosen =
    node === undefined
      ? (nodes.find((one) => one.role === role && isRunning(one)) ?? nodes.find(isRunning))
      : nodes.find(({ id }) => id === node);
  if (!chosen) {
    throw node === undefined
      ? new ConpaasError('conflict', `No node of ${service.name} is running. Start the service first.`)
      : new ConpaasError('not_found', `${service.name} has no node "${node}".`);
  }
  const vm = manager.observed.vmOfSlot(chosen.slot);
  if (!vm) throw new ConpaasError('unreachable', `The machine of ${chosen.id} is not there yet.`, { retry: true });
  yield* manager.agents.client(vm.id).stream('dry_run_script', { node: chosen.id, script, network }, { signal });
}
