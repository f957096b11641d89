/** A deployment for benches alone: its own data directory, the code that window and command run, a real director. */
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type DirectorClient, locateRuntime, type ManagerClient, openDeployments } from '../../main/deploy/index.ts';
import { uploadLocalFiles } from '../../main/manifests/index.ts';
import { openVault } from '../../main/vault/index.ts';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import { type Operation, OperationId } from '../../remote/core/contract/index.ts';
import { parseManifest } from '../../remote/core/manifest/index.ts';
import { serviceSpecs } from '../../remote/services/registry/spec.ts';
import { processesOf } from '../../test/system/processes.ts';

export interface BenchDeployment extends AsyncDisposable {
  /** The data directory: `CONPAAS_HOME` of programs that should see this deployment. */
  readonly home: string;
  readonly director: DirectorClient;
  /** A new connection, e.g. after it was stopped. */
  connect(): Promise<DirectorClient>;
  /** Does something while nothing of it runs, then starts it again. */
  whileStopped(work: () => Promise<void>): Promise<void>;
  manager(application: string): Promise<ManagerClient>;
  /** Applies a manifest's file and waits until it is done. @returns the application's address */
  apply(file: string, name: string): Promise<string>;
  /** Deletes an application and waits until it is gone. */
  remove(name: string): Promise<void>;
  /** Waits for an operation. @throws its failure */
  follow(operation: string): Promise<Operation>;
  /** Process numbers of its living control processes of a kind. */
  processes(kind: 'director' | 'manager' | 'agent'): readonly number[];
}

export async function openBenchDeployment(signal: AbortSignal): Promise<BenchDeployment> {
  const dataDirectory = await mkdtemp(path.join(os.tmpdir(), 'conpaas-bench-'));
  await chmod(dataDirectory, 0o700);
  const vault = await openVault(dataDirectory, { kind: 'keyfile' });
  const deployments = openDeployments({ dataDirectory, vault, ...locateRuntime() });

  const close = async (): Promise<void> => {
    // Also after an interrupt: nothing may be left.
    const limit = AbortSignal.timeout(120_000);
    for (const { id } of await deployments.list()) await deployments.destroy({ deployment: id, signal: limit });
    await deployments[Symbol.asyncDispose]();
    vault[Symbol.dispose]();
    await rm(dataDirectory, { recursive: true, force: true, maxRetries: 5 });
  };

  try {
    await deployments.up({ owner: 'bench', signal });
    const director = await deployments.directorClient(undefined, signal);
    const follow: BenchDeployment['follow'] = async (id) => {
      for await (const state of director.stream('watch_operation', { operation: OperationId.parse(id) }, { signal })) {
        if (state.state === 'done') return state;
        if (state.failure) throw ConpaasError.of(state.failure);
      }
      throw new Error(`Operation ${id} has not ended.`);
    };
    return {
      home: dataDirectory,
      director,
      follow,
      connect: () => deployments.directorClient(undefined, signal),
      async whileStopped(work) {
        for (const { id } of await deployments.list()) await deployments.stop({ deployment: id, signal });
        await work();
        await deployments.up({ owner: 'bench', signal });
      },
      manager: (application) => deployments.managerClient(undefined, application, signal),
      async apply(file, name) {
        const { manifest } = parseManifest(await readFile(file, 'utf8'), serviceSpecs);
        const uploaded = await uploadLocalFiles(manifest, path.dirname(file), director, { signal });
        const { operation } = await director.call('apply_manifest', { manifest: uploaded, name }, { signal });
        const { outcome } = await follow(operation);
        const address = outcome?.['address'];
        if (address === undefined) throw new Error(`${name} has no address.`);
        return address;
      },
      async remove(name) {
        const { operation } = await director.call(
          'delete_application',
          { application: name, confirm: name },
          { signal },
        );
        await follow(operation);
      },
      processes: (kind) =>
        processesOf(dataDirectory)
          .filter(({ commandLine }) => commandLine.startsWith(`conpaas-${kind}`)) // the title they give themselves
          .map(({ pid }) => pid),
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
