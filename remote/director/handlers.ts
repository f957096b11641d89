/** The director's methods, put together from its parts. */

import { directorMethods } from '../core/contract/director.ts';
import { webSecretPrefix } from '../core/contract/domains.ts';
import { ConpaasError, toFailure } from '../core/contract/errors.ts';
import { ApplicationId, BlobHash, newId, type OperationId } from '../core/contract/ids.ts';
import type { Call, Handlers } from '../core/contract/method.ts';
import type { Operation } from '../core/contract/operation.ts';
import { latest } from '../core/events/index.ts';
import { extractPasswords, refuseLocalPaths, validateManifest } from '../core/manifest/index.ts';
import { startedOnce } from '../core/operations/index.ts';
import type { ApplicationParams, ApplyParams } from './application-operations.ts';
import { whoIs } from './audit/index.ts';
import { backupHandlers, backupVolumeHandlers } from './backup/index.ts';
import { cloudHandlers } from './cloud-handlers.ts';
import { noSuchCloud } from './cloud-keeper.ts';
import { costHandlers } from './cost-handlers.ts';
import type { Director } from './director.ts';
import { duplicateHandlers } from './duplicate-handlers.ts';
import { findNodes } from './find-nodes.ts';
import { historyHandlers } from './history-handlers.ts';
import { vmInfo } from './inventory.ts';
import { logHandlers } from './log-handlers.ts';
import { managedApplication, managerHandlers } from './manager-handlers.ts';
import { metricsHandlers } from './metrics/index.ts';
import { movingHandlers } from './moving-handlers.ts';
import { packageHandlers } from './packages/index.ts';
import { homeOf, planFor, refuseApart, refuseUnknownClouds } from './planning.ts';
import { programHandlers } from './program-handlers.ts';
import { runtimeHandlers } from './runtimes.ts';
import { securityHandlers } from './security-handlers.ts';
import type { ApplicationRecord } from './store.ts';
import { upgradeHandlers } from './upgrade/index.ts';
import { webHandlers } from './web-certificates.ts';

type DirectorHandlers = Omit<Handlers<typeof directorMethods>, 'hello'>;

/** Operations of the director and of all managers, as one list. */
function allOperations(director: Director): Operation[] {
  const own = director.operations.list();
  const known = new Set(own.map(({ id }) => id));
  return [...own, ...director.remoteOperations.list().filter(({ id }) => !known.has(id))].sort(
    (a, b) => b.startedAt - a.startedAt,
  );
}

/** An operation by id; throws `not_found`. */
function findOperation(director: Director, id: OperationId): Operation {
  const found = director.operations.get(id) ?? director.remoteOperations.get(id);
  if (!found) throw new ConpaasError('not_found', `There is no operation ${id}.`);
  return found;
}

function checkManifest(value: unknown, { specs, clouds }: Pick<Director, 'specs' | 'clouds'>) {
  const checked = validateManifest(value, specs);
  refuseLocalPaths(checked.manifest);
  refuseUnknownClouds(checked.manifest, clouds);
  return checked;
}

export function directorHandlers(director: Director): DirectorHandlers {
  const { inventory, operations, managers, secrets, blobs, joining } = director;
  const user = (call: Call): string => call.user ?? (call.caller?.kind === 'user' ? call.caller.name : 'director');
  const startedBy = (call: Call) => ({
    requestedBy: user(call),
    ...(call.operation === undefined ? {} : { id: call.operation }),
  });
  const watchers = director.operationsChanged;

  const startOn = async (kind: string, application: ApplicationRecord, call: Call) => ({
    operation: await operations.start<ApplicationParams>(
      kind,
      { application: application.id, name: application.name },
      startedBy(call),
    ),
  });

  /** The record of a new application; journaled before anything is made for it. */
  const newApplication = async (name: string, call: Call, cloud?: string): Promise<ApplicationRecord> => {
    if (inventory.applications().some((other) => other.name === name)) {
      throw new ConpaasError('conflict', `There is an application "${name}" already. Choose another name.`);
    }
    const chosen = cloud ?? director.defaultCloud;
    if (!director.clouds.has(chosen)) {
      throw new ConpaasError('not_found', noSuchCloud(chosen, [...director.clouds.keys()]));
    }
    const record: ApplicationRecord = {
      id: ApplicationId.parse(newId('app', 8)),
      name,
      createdAt: Date.now(),
      createdBy: user(call),
      cloud: chosen,
      epoch: 1,
      deleting: false,
    };
    await inventory.saveApplication(record);
    return record;
  };

  const handlers: DirectorHandlers = {
    get_status: async (_params, call) => ({
      deployment: director.deployment,
      cloud: director.defaultCloud,
      product: director.product,
      startedAt: director.startedAt,
      applications: inventory.applications().length,
      vms: inventory.vms().length,
      user: user(call),
    }),
    list_volumes: async ({ application }) =>
      director.volumes.list(application === undefined ? undefined : inventory.find(application).id),
    list_applications: async () => inventory.applications().map((record) => inventory.summary(record)),
    get_application: async ({ application }, call) => {
      const record = inventory.find(application);
      const summary = inventory.summary(record);
      if (!managers.target(record.id)) return { summary, description: '', services: [], warnings: [] };
      try {
        const info = await managers
          .client(record.id)
          .call('get_app_info', {}, { signal: call.signal, timeoutMs: 10_000 });
        // Where it is, and what it costs, its manager does not know.
        const { name, cloud, costPerHour } = summary;
        return {
          ...info,
          summary: { ...info.summary, name, cloud, ...(costPerHour === undefined ? {} : { costPerHour }) },
        };
      } catch (error) {
        if (call.signal.aborted) throw error;
        const { code, message } = toFailure(error);
        const known = summary.state === 'unreachable' ? summary.cause : undefined;
        const cause = known ?? (code === 'unreachable' ? 'its manager does not answer' : message);
        return { summary: { ...summary, state: 'unreachable', cause }, description: '', services: [], warnings: [] };
      }
    },
    find_nodes: ({ text, limit }, call) =>
      findNodes(director.journal, {
        text,
        limit,
        applicationName: (id) => inventory.application(id)?.name,
        signal: call.signal,
      }),
    create_application: async ({ name, cloud }, call) => {
      const again = call.operation && operations.get(call.operation);
      const record = again ? inventory.find(name) : await newApplication(name, call, cloud);
      return { application: record.id, ...(await startOn('create', record, call)) };
    },
    rename_application: async ({ application, name }, call) => {
      const record = inventory.find(application);
      if (inventory.applications().some((other) => other.name === name && other.id !== record.id)) {
        throw new ConpaasError('conflict', `There is an application "${name}" already. Choose another name.`);
      }
      await inventory.saveApplication({ ...record, name });
      if (managers.target(record.id)) {
        await managers.client(record.id).call('set_name', { name }, { signal: call.signal, timeoutMs: 10_000 });
      }
      return {};
    },
    start_application: async ({ application }, call) => startOn('start', inventory.find(application), call),
    stop_application: async ({ application }, call) => startOn('stop', inventory.find(application), call),
    delete_application: async ({ application, confirm }, call) => {
      const record = inventory.find(application);
      if (confirm !== record.name) {
        throw new ConpaasError('invalid_request', `To delete it, confirm with its name: "${record.name}".`);
      }
      return startOn('delete', record, call);
    },
    replace_manager: async ({ application }, call) => startOn('replace_manager', inventory.find(application), call),
    plan_manifest: async ({ manifest, name, cloud }, call) => {
      const checked = checkManifest(manifest, director);
      const chosen = name ?? checked.manifest.Application;
      return planFor(director, checked.manifest, { name: chosen, cloud }, call.signal);
    },
    apply_manifest: async ({ manifest, name, cloud }, call) => {
      const checked = checkManifest(manifest, director);
      const chosen = name ?? checked.manifest.Application;
      const existing = inventory.applications().find((record) => record.name === chosen || record.id === chosen);
      if (existing?.deleting)
        throw new ConpaasError('conflict', `"${chosen}" is being deleted. Wait until it is gone.`);
      refuseApart(checked.manifest, homeOf(director, existing, cloud), director, existing);
      const record = existing ?? (await newApplication(chosen, call, cloud));
      // Passwords become secrets before anything of the manifest is journaled.
      const { manifest: safe, secrets: passwords } = extractPasswords(checked.manifest);
      for (const [secret, value] of Object.entries(passwords)) await secrets.set(record.id, secret, value);
      const operation = await operations.start<ApplyParams>(
        'apply',
        { application: record.id, name: record.name, manifest: safe },
        startedBy(call),
      );
      return { application: record.id, operation };
    },
    export_manifest: async ({ application }, call) => {
      const record = inventory.find(application);
      const manifest = await managers.client(record.id).call('export', {}, { signal: call.signal, timeoutMs: 15_000 });
      return { ...manifest, Application: record.name };
    },
    list_operations: async ({ application, state, limit }) => {
      const wanted = application === undefined ? undefined : inventory.find(application).id;
      return allOperations(director)
        .filter((one) => wanted === undefined || one.target.application === wanted)
        .filter((one) => state === undefined || one.state === state)
        .slice(0, limit);
    },
    get_operation: async ({ operation }) => findOperation(director, operation),
    cancel_operation: async ({ operation }, call) => {
      findOperation(director, operation);
      if (operations.get(operation)) await operations.cancel(operation);
      else await remoteClient(operation).call('cancel', { operation }, { signal: call.signal });
      return {};
    },
    retry_operation: async ({ operation }, call) => {
      findOperation(director, operation);
      if (operations.get(operation)) await operations.retry(operation, user(call));
      else await remoteClient(operation).call('retry', { operation, requestedBy: user(call) }, { signal: call.signal });
      return { operation };
    },
    watch_operation: async function* ({ operation }, call) {
      for await (const one of latest(watchers, () => findOperation(director, operation), call.signal)) {
        yield one;
        if (one.state !== 'running') return;
      }
    },
    events: (_params, call) => inventory.events.subscribe(call.signal),
    list_vms: async ({ application }, call) => {
      if (call.caller?.kind === 'manager') return inventory.vms(call.caller.application).map(vmInfo);
      const id = application === undefined ? undefined : inventory.find(application).id;
      return inventory.vms(id).map(vmInfo);
    },
    set_secret: async ({ application, name, value }) => {
      const { id } = inventory.find(application);
      await secrets.set(id, name, value);
      await tellSecrets(id);
      return {};
    },
    delete_secret: async ({ application, name }) => {
      const { id, name: title } = inventory.find(application);
      if (!(await secrets.delete(id, name))) throw new ConpaasError('not_found', `${title} has no secret "${name}".`);
      await tellSecrets(id);
      return {};
    },
    list_secrets: async ({ application }) => {
      const { id } = inventory.find(application);
      const document = director.states.get(id)?.document as { services?: { name: string; secrets: string[] }[] } | null;
      const own = secrets.list(id).filter(({ name }) => !name.startsWith(webSecretPrefix));
      return own.map(({ name, updatedAt }) => ({
        name,
        updatedAt,
        usedBy: (document?.services ?? []).filter((service) => service.secrets.includes(name)).map((one) => one.name),
      }));
    },
    ...historyHandlers(director, startedBy),
    ...costHandlers(director),
    ...duplicateHandlers(director, { startedBy, newApplication }),
    ...movingHandlers(director),
    ...cloudHandlers(director),
    ...programHandlers(director.home, () => director.runtimes.all()),
    ...runtimeHandlers(director),
    ...packageHandlers(director.packages),
    watch_processes: (_params, call) => director.hosts.orders(call.caller, call.signal),
    ...securityHandlers(director),
    ...webHandlers(director),
    ...backupHandlers(director.backups, director.users),
    ...backupVolumeHandlers(director.home, director.volumeBackups, director.users),
    ...managerHandlers(director),
    ...director.audit.methods,
    ...metricsHandlers({
      metrics: director.metrics,
      find: (application) => inventory.find(application),
      managed: (call) => managedApplication(director, call).record,
      applications: () => inventory.applications().length,
    }),
    ...logHandlers(director),
    ...upgradeHandlers(director),
    join: (params, call) => joining.join(params, call),
    renew: async (params, call) => {
      const renewed = await joining.renew(params, call);
      const application = call.caller && 'application' in call.caller ? call.caller.application : undefined;
      director.audit.renewed(whoIs(call.caller), application);
      return renewed;
    },
    announce: (params, call) => joining.announce(params, call),
    upload_blob: async (_params, body) => {
      await blobs.add(body);
      return { blob: BlobHash.parse(body.sha256), size: body.size };
    },
    download_blob: ({ blob }) => blobs.open(blob),
  };
  return startedOnce(directorMethods, handlers, (id) => operations.get(id) !== undefined);

  function remoteClient(operation: OperationId) {
    const application = director.remoteOperations.applicationOf(operation);
    if (!application) throw new ConpaasError('not_found', `There is no operation ${operation}.`);
    return managers.client(application);
  }

  /** Tells the manager that a secret changed; one that is away fetches them at its start. */
  async function tellSecrets(id: ApplicationId): Promise<void> {
    if (!managers.target(id)) return;
    await managers
      .client(id)
      .call('secrets_changed', {}, { timeoutMs: 5000 })
      .catch((error: unknown) => director.log(`the manager of ${id} could not be told: ${toFailure(error).message}`));
  }
}
