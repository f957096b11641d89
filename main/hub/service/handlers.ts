import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import { managerMethods } from '../../../remote/core/contract/manager.ts';
import type { MethodKind, MethodTable } from '../../../remote/core/contract/method.ts';
import type { ServiceSpecs } from '../../../remote/core/manifest/index.ts';
import { openDeployable } from '../../manifests/index.ts';
import type { serviceCalls } from '../calls/service.ts';
import type { Offers } from '../offers.ts';
import type { HubCall, SubjectHandlers } from '../window-port.ts';
import { describeType } from './describe-type.ts';

/** So many left-out paths are named. */
const mostNamed = 200;
/** More files than these are not compared: their names alone would fill a request. */
const mostCompared = 50_000;
/** Progress is told at most so often, ms. */
const progressMs = 100;

export interface ServiceHandlersOptions {
  readonly specs: ServiceSpecs;
  readonly offers: Offers;
  /** Hands the password of a service to the main process. */
  usePassword(how: 'copy' | 'show', service: string, password: string): void;
}

const Connection = z.object({ password: z.string().optional() });

export function serviceHandlers({
  specs,
  offers,
  usePassword,
}: ServiceHandlersOptions): SubjectHandlers<typeof serviceCalls> {
  const table: MethodTable = Object.assign(
    {},
    managerMethods,
    ...Object.values(specs).map((spec) => spec.managerMethods),
  );
  const check = (name: string, kind: MethodKind, params: Record<string, unknown>): void => {
    const method = Object.hasOwn(table, name) ? table[name] : undefined;
    if (method?.kind !== kind || !method.callers.includes('user'))
      throw new ConpaasError('unknown_method', `There is no ${kind} ${name} for the window.`);
    const checked = z.safeParse(method.params, params);
    if (!checked.success) throw new ConpaasError('invalid_request', `${name}: ${z.prettifyError(checked.error)}`);
  };
  const managerOf = async (application: string, { connected, signal }: HubCall) =>
    (await connected()).manager(application, signal);

  return {
    list_types: async () => Object.values(specs).map(({ type, title }) => ({ type, title })),
    describe_type: async ({ type }) => describeType(specs, type),
    inspect_offer: async ({ ticket, include }, { signal }) => {
      const deployable = await openDeployable(offers.path(ticket), include, signal);
      const { kind, name, files, bytes, leftOut, missing, skipped } = deployable;
      return {
        kind,
        name,
        files,
        bytes,
        leftOut: leftOut.slice(0, mostNamed),
        leftOutCount: leftOut.length,
        missing,
        skipped: skipped.slice(0, mostNamed),
      };
    },
    compare_offer: async ({ application, service, ticket, include }, call) => {
      const deployable = await openDeployable(offers.path(ticket), include, call.signal);
      if (deployable.files > mostCompared)
        throw new ConpaasError('too_large', `More than ${mostCompared} files are not compared; they can be deployed.`);
      const files = (await deployable.hashes()).map(([path, sha256]): [string, string] => [path, sha256]);
      const manager = await managerOf(application, call);
      return manager.call('compare_files', { service, files }, { signal: call.signal });
    },
    upload: async ({ application, method, params, ticket, transfer }, call) => {
      check(method, 'upload', params);
      const manager = await managerOf(application, call);
      const { path, name } = offers.file(ticket);
      return manager.uploadAny(
        method,
        params,
        { path, name },
        { signal: call.signal, onProgress: progress(call, transfer) },
      );
    },
    download: async ({ application, method, params, ticket, transfer }, call) => {
      check(method, 'download', params);
      const target = offers.target(ticket);
      const manager = await managerOf(application, call);
      const { stream, size, sha256 } = await manager.downloadAny(method, params, { signal: call.signal });
      const told = progress(call, transfer);
      const hash = createHash('sha256');
      let bytes = 0;
      const counting = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          bytes += chunk.length;
          hash.update(chunk);
          told(bytes, size ?? 0);
          done(null, chunk);
        },
      });
      // What is there under this name stays until the new file is whole.
      const part = `${target}.conpaas-part`;
      try {
        await pipeline(stream, counting, createWriteStream(part, { mode: 0o600 }), { signal: call.signal });
        if (sha256 !== undefined && hash.digest('hex') !== sha256)
          throw new ConpaasError('checksum_mismatch', 'The file did not arrive as it was sent. Try again.', {
            retry: true,
          });
        await rename(part, target);
      } catch (error) {
        await rm(part, { force: true });
        throw error;
      }
      return { bytes };
    },
    dry_run_script: async ({ application, run, ...params }, call) => {
      const manager = await managerOf(application, call);
      const { node, ...rest } = params;
      const request = { ...rest, ...(node === undefined ? {} : { node }) };
      for await (const said of manager.stream('dry_run_script', request, { signal: call.signal }))
        call.window.push({ push: 'script', run, said });
      return null;
    },
    use_password: async ({ application, service, how }, call) => {
      const manager = await managerOf(application, call);
      const answer = await manager.callAny('get_connection', { service, reveal: true }, { signal: call.signal });
      const { password } = Connection.parse(answer);
      if (password === undefined) throw new ConpaasError('not_found', `${service} has no password yet.`);
      usePassword(how, service, password);
      return null;
    },
  };
}

/** Tells the window how far a transfer is. */
function progress({ window }: HubCall, id: string): (sent: number, total: number) => void {
  let last = 0;
  return (sent, total) => {
    const now = performance.now();
    if (sent < total && now - last < progressMs) return;
    last = now;
    window.push({ push: 'transfer', transfer: { id, sent, total } });
  };
}
