/**
 * The typed client of a method table. Runs on Node 20.18 and in Electron as well. A client expects one identity, keeps
 * connections alive, and turns whatever goes wrong into a ConpaasError.
 */
import type { Duplex } from 'node:stream';
import { ConpaasError } from '../contract/errors.ts';
import type { Identity } from '../contract/identity.ts';
import {
  contractVersion,
  type Method,
  type MethodTable,
  type NamesOf,
  type ParamsOf,
  type ResultOf,
} from '../contract/method.ts';
import type { Credentials } from '../identity/credentials.ts';
import { patienceHere } from '../supervisor/patience.ts';
import { openChannel } from './channel.ts';
import { readDownload } from './client-download.ts';
import type { CallOptions, Download, LocalFile, StreamOptions, UploadOptions } from './client-options.ts';
import { readStream } from './client-stream.ts';
import { sendUpload } from './client-upload.ts';
import { type Address, type Connection, openConnection } from './connection.ts';
import { checked, exchange, failureOf, type Transport, withResolvers } from './exchange.ts';
import { readBody, readJson } from './http-io.ts';
import { createPeerMethods } from './peer-methods.ts';
import { pathOf } from './route.ts';
import { openScope } from './signals.ts';
import { duplexProtocol, encodeHeader, headers, limits, timings } from './wire.ts';

export interface ClientOptions {
  /** A function: asked for each request. */
  readonly address: Address | (() => Address);
  /** The one identity that may answer; required but for a unix socket. */
  readonly expect?: Identity;
  /** Of a director: the lowest epoch that may answer (identity/director-epoch.ts). */
  readonly leastEpoch?: () => number;
  /** Own certificate (none to join); asked for each time, so a renewed one is used from then on. */
  readonly credentials?: () => Credentials | undefined;
  /** Roots, where they are not those of the credentials. */
  readonly roots?: () => readonly string[];
  /** Calls go through the director to the manager of this application (id or name). */
  readonly application?: string;
  /** What calls, for the audit trail: `command 1.2.0`. */
  readonly client?: string;
  /** Director to manager: on whose behalf. */
  readonly user?: string;
  /** By how much calls may take longer, where the peer's processor is emulated; absent: as on this machine. */
  readonly patience?: number | undefined;
  /** Version of the contract it speaks, where that is not its own: for tests. */
  readonly contract?: number;
}

export interface Client<T extends MethodTable> extends AsyncDisposable {
  /** @throws ConpaasError, also `unreachable`, `deadline_exceeded` and `cancelled` */
  call<N extends NamesOf<T, 'query' | 'command'>>(
    name: N,
    params: ParamsOf<T[N]>,
    options?: CallOptions,
  ): Promise<ResultOf<T[N]>>;
  /** Connects when the first item is asked for; reads no faster than items are taken. */
  stream<N extends NamesOf<T, 'stream'>>(
    name: N,
    params: ParamsOf<T[N]>,
    options?: StreamOptions,
  ): AsyncIterable<ResultOf<T[N]>>;
  /** Hashes the file, sends what the server does not have, and goes on by itself after a broken connection. */
  upload<N extends NamesOf<T, 'upload'>>(
    name: N,
    params: ParamsOf<T[N]>,
    file: LocalFile,
    options?: UploadOptions,
  ): Promise<ResultOf<T[N]>>;
  download<N extends NamesOf<T, 'download'>>(
    name: N,
    params: ParamsOf<T[N]>,
    options?: { readonly signal?: AbortSignal },
  ): Promise<Download>;
  duplex<N extends NamesOf<T, 'duplex'>>(
    name: N,
    params: ParamsOf<T[N]>,
    options?: { readonly signal?: AbortSignal },
  ): Promise<Duplex>;
  /** The same for methods that this code does not know: results are not checked. */
  callAny(name: string, params: unknown, options?: CallOptions): Promise<unknown>;
  streamAny(name: string, params: unknown, options?: StreamOptions): AsyncIterable<unknown>;
  uploadAny(name: string, params: unknown, file: LocalFile, options?: UploadOptions): Promise<unknown>;
  downloadAny(name: string, params: unknown, options?: { readonly signal?: AbortSignal }): Promise<Download>;
  duplexAny(name: string, params: unknown, options?: { readonly signal?: AbortSignal }): Promise<Duplex>;
  /** A text the server offers beside its methods, e.g. `/openapi.json`. */
  fetchText(path: string, options?: CallOptions): Promise<string>;
  /** The same connection with other methods of the same process. It ends with this client, and this one with it. */
  as<Other extends MethodTable>(table: Other): Client<Other>;
}

/** A client of the process at an address; connects when first used. */
export function connect<T extends MethodTable>(table: T, options: ClientOptions): Client<T> {
  return clientOn(table, openConnection(options), options);
}

function clientOn<T extends MethodTable>(table: T, connection: Connection, options: ClientOptions): Client<T> {
  const transport: Transport = {
    connection,
    path: (name, after) => pathOf(name, options.application, after),
    headers: {
      [headers.contract]: String(options.contract ?? contractVersion),
      ...(options.user !== undefined && { [headers.user]: options.user }),
      ...(options.client !== undefined && { [headers.client]: options.client }),
    },
  };
  const { patience = patienceHere() } = options;
  const methodOf = (name: string): Method | undefined => (Object.hasOwn(table, name) ? table[name] : undefined);

  const callAny = async (name: string, params: unknown, given: CallOptions = {}): Promise<unknown> => {
    const declared = methodOf(name);
    const timeoutMs = (given.timeoutMs ?? declared?.timeoutMs ?? timings.call) * patience;
    using scope = openScope(given.signal, timeoutMs);
    const { signal } = scope;
    await peer.ensure(name, declared, signal);
    try {
      const answer = await exchange(transport, {
        path: transport.path(name),
        headers: {
          [headers.timeout]: String(Math.max(Math.ceil(timeoutMs), 1)),
          ...(given.operation && { [headers.operation]: given.operation }),
        },
        body: bodyOf(name, params),
        lasting: false,
        signal,
        repeatable: declared?.kind === 'query',
      });
      const result = await readJson(answer, limits.result);
      return declared ? checked(name, declared, result) : result;
    } catch (error) {
      throw connection.explain(error, signal);
    }
  };

  const peer = createPeerMethods(async (signal) => {
    const { methods } = (await callAny('hello', {}, { signal })) as { methods: string[] };
    return methods;
  });

  const streamAny = (name: string, params: unknown, given: StreamOptions = {}): AsyncIterable<unknown> => {
    const declared = methodOf(name);
    const stream = readStream(transport, name, declared, bodyOf(name, params), given);
    if (!peer.isDoubtful(name, declared)) return stream;
    return (async function* () {
      await peer.ensure(name, declared, given.signal);
      yield* stream;
    })();
  };

  const uploadAny = async (name: string, params: unknown, file: LocalFile, given: UploadOptions = {}) => {
    const declared = methodOf(name);
    await peer.ensure(name, declared, given.signal);
    const result = await sendUpload(transport, name, declared, params, file, given);
    return declared ? checked(name, declared, result) : result;
  };

  const downloadAny = async (name: string, params: unknown, given: { readonly signal?: AbortSignal } = {}) => {
    await peer.ensure(name, methodOf(name), given.signal);
    return readDownload(transport, name, bodyOf(name, params), given.signal);
  };

  const duplexAny = async (name: string, params: unknown, given: { readonly signal?: AbortSignal } = {}) => {
    await peer.ensure(name, methodOf(name), given.signal);
    return openDuplex(transport, name, params, given.signal);
  };

  return {
    callAny,
    streamAny,
    uploadAny,
    downloadAny,
    duplexAny,
    // the names and the table carry the types; what is sent is the same
    call: (name, params, given) => callAny(name, params, given) as never,
    stream: (name, params, given) => streamAny(name, params, given) as never,
    upload: (name, params, file, given) => uploadAny(name, params, file, given) as never,
    download: downloadAny,
    duplex: duplexAny,
    async fetchText(path, given = {}) {
      using scope = openScope(given.signal, given.timeoutMs ?? timings.call);
      const { signal } = scope;
      try {
        const answer = await exchange(transport, { method: 'GET', path, lasting: false, signal, repeatable: true });
        return (await readBody(answer, limits.result)).toString();
      } catch (error) {
        throw connection.explain(error, signal);
      }
    },
    as: (other) => clientOn(other, connection, options),
    async [Symbol.asyncDispose]() {
      connection[Symbol.dispose]();
    },
  };
}

/** @throws ConpaasError too_large before anything is sent */
function bodyOf(name: string, params: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(params ?? {}));
  if (body.length <= limits.requestBody) return body;
  throw new ConpaasError('too_large', `The parameters of ${name} are larger than 8 MiB.`);
}

async function openDuplex(
  transport: Transport,
  name: string,
  params: unknown,
  signal: AbortSignal | undefined,
): Promise<Duplex> {
  const { connection } = transport;
  if (signal?.aborted) throw connection.explain(undefined, signal);
  const { promise, resolve, reject } = withResolvers<Duplex>();
  const request = connection.request({
    method: 'GET',
    path: transport.path(name),
    headers: {
      ...transport.headers,
      [headers.params]: encodeHeader(params ?? {}),
      connection: 'Upgrade',
      upgrade: duplexProtocol,
    },
    lasting: true,
    signal,
  });
  request.on('upgrade', (_answer, socket, head) => resolve(openChannel(socket, head)));
  request.on('response', (answer) => failureOf(answer).then(reject, reject));
  request.on('error', (error) => reject(connection.explain(error, signal)));
  request.end();
  const channel = await promise;
  const cancel = () => channel.destroy(connection.explain(undefined, signal));
  signal?.addEventListener('abort', cancel, { once: true });
  channel.once('close', () => signal?.removeEventListener('abort', cancel));
  return channel;
}
