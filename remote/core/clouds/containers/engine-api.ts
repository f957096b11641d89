/**
 * The API of a container engine (Docker Engine API, which Podman serves too) on its unix socket: requests, archives, and
 * programs run in a container. Node's own http does it; client libraries bring native add-ons that no bundle can hold.
 */
import http from 'node:http';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { ConpaasError } from '../../contract/errors.ts';
import { demultiplex } from './frames.ts';

export interface EngineRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** From the API's root: `/containers/json`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is: a tar archive. */
  readonly archive?: NodeJS.ReadableStream;
}

export interface Executed {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

export interface EngineApi {
  /** Whose engine it is, as it says itself. */
  engine(signal: AbortSignal): Promise<'podman' | 'other'>;
  /**
   * @returns the parsed body; undefined for an empty one
   * @throws ConpaasError `unreachable`, `forbidden` (the socket); `not_found`, `conflict`, `cloud_failed` with the engine's words
   */
  request(request: EngineRequest, signal: AbortSignal): Promise<unknown>;
  /** As `request`, where the answer is an archive: read as it comes. */
  download(path: string, signal: AbortSignal): Promise<NodeJS.ReadableStream>;
  /** What a container has written to its standard output and error. */
  log(container: string, lines: number, signal: AbortSignal): Promise<string>;
  /**
   * Runs a program in a container as root. `input` and a line's end go to its standard input, which stays open; without
   * input it has none, since Podman loses the output of a program that ends with something unread.
   */
  execute(container: string, command: readonly string[], input: string, signal: AbortSignal): Promise<Executed>;
}

const Version = z.object({
  ApiVersion: z.string().regex(/^[0-9]+\.[0-9]+$/),
  Components: z.array(z.object({ Name: z.string() })).nullish(),
});
const Problem = z.object({ message: z.string() });
/** A daemon that has not answered by then hangs, milliseconds; images take their time to be read. */
const idleMs = 300_000;

export function openEngineApi(socketPath: string): EngineApi {
  let version: Promise<z.infer<typeof Version>> | undefined;

  async function send(given: EngineRequest, signal: AbortSignal): Promise<http.IncomingMessage> {
    signal.throwIfAborted();
    const json = given.body === undefined ? undefined : Buffer.from(JSON.stringify(given.body));
    const query = new URLSearchParams(given.query).toString();
    const request = http.request({
      socketPath,
      method: given.method,
      path: query === '' ? given.path : `${given.path}?${query}`,
      signal,
      timeout: idleMs,
      headers: {
        host: 'engine',
        ...(json && { 'content-type': 'application/json', 'content-length': json.length }),
        ...(given.archive && { 'content-type': 'application/x-tar' }),
      },
    });
    request.on('timeout', () => request.destroy(new Error('no answer within five minutes')));
    const answered = new Promise<http.IncomingMessage>((resolve, reject) => {
      request.once('response', resolve);
      request.once('error', reject);
    });
    try {
      if (given.archive) {
        const [response] = await Promise.all([answered, pipeline(given.archive, request)]);
        return await checked(response);
      }
      request.end(json);
      return await checked(await answered);
    } catch (error) {
      throw explained(error, socketPath, signal);
    }
  }

  /** The engine's own version of the API: the newest it has, which no engine refuses. */
  function spoken(signal: AbortSignal): Promise<z.infer<typeof Version>> {
    version ??= send({ method: 'GET', path: '/version' }, signal)
      .then(async (response) => Version.parse(JSON.parse(await text(response))))
      .catch((error: unknown) => {
        version = undefined;
        throw error;
      });
    return version;
  }

  async function versioned(request: EngineRequest, signal: AbortSignal): Promise<http.IncomingMessage> {
    const { ApiVersion } = await spoken(signal);
    return send({ ...request, path: `/v${ApiVersion}${request.path}` }, signal);
  }

  const api: EngineApi = {
    async engine(signal) {
      const { Components } = await spoken(signal);
      return Components?.some(({ Name }) => /podman/i.test(Name)) ? 'podman' : 'other';
    },
    async request(request, signal) {
      const response = await versioned(request, signal);
      const body = await text(response);
      const isJson = response.headers['content-type']?.startsWith('application/json') ?? false;
      // Progress of a pull or an import comes as one document a line.
      return body.trim() === '' ? undefined : isJson ? lastDocument(body) : body;
    },
    download: (path, signal) => versioned({ method: 'GET', path }, signal),
    async log(container, lines, signal) {
      const query = { stdout: '1', stderr: '1', tail: String(lines) };
      const response = await versioned({ method: 'GET', path: `/containers/${container}/logs`, query }, signal);
      const { output, errors } = await demultiplex(response);
      return output + errors;
    },
    async execute(container, command, input, signal) {
      const hasInput = input !== '';
      const body = { Cmd: command, User: '0', AttachStdin: hasInput, AttachStdout: true, AttachStderr: true };
      const made = await api.request({ method: 'POST', path: `/containers/${container}/exec`, body }, signal);
      const { Id } = z.object({ Id: z.string().regex(/^[0-9a-f]+$/) }).parse(made);
      const path = `/v${(await spoken(signal)).ApiVersion}/exec/${Id}/start`;
      const { socket, head } = await upgrade(socketPath, path, { Detach: false, Tty: false }, signal);
      const abort = (): void => void socket.destroy();
      signal.addEventListener('abort', abort);
      try {
        if (hasInput) socket.write(`${input}\n`);
        if (head.length > 0) socket.unshift(head);
        const { output, errors } = await demultiplex(socket);
        signal.throwIfAborted();
        const ended = await api.request({ method: 'GET', path: `/exec/${Id}/json` }, signal);
        const { ExitCode } = z.object({ ExitCode: z.number() }).parse(ended);
        return { code: ExitCode, output, errors };
      } finally {
        signal.removeEventListener('abort', abort);
        socket.destroy();
      }
    },
  };
  return api;
}

/** The engine answers 101 and from then on the connection carries what the program reads and writes. */
function upgrade(
  socketPath: string,
  path: string,
  body: unknown,
  signal: AbortSignal,
): Promise<{ readonly socket: Socket; readonly head: Buffer }> {
  const json = Buffer.from(JSON.stringify(body));
  return new Promise((resolve, reject) => {
    const request = http.request({
      socketPath,
      method: 'POST',
      path,
      signal,
      headers: {
        host: 'engine',
        connection: 'Upgrade',
        upgrade: 'tcp',
        'content-type': 'application/json',
        'content-length': json.length,
      },
    });
    request.once('upgrade', (_response, socket, head) => resolve({ socket: socket as Socket, head }));
    request.once('response', (response) => {
      checked(response).then(
        () => reject(new ConpaasError('cloud_failed', 'The container engine did not start the program.')),
        reject,
      );
    });
    request.once('error', (error) => reject(explained(error, socketPath, signal)));
    request.end(json);
  });
}

async function checked(response: http.IncomingMessage): Promise<http.IncomingMessage> {
  const status = response.statusCode ?? 0;
  if (status < 400) return response; // 304: it is so already
  const body = await text(response);
  const words = Problem.safeParse(parsed(body)).data?.message ?? body.trim();
  // Podman answers 500 where a container ends between two looks of its own.
  const isGone = status === 404 || /no such container/i.test(words);
  const code = isGone ? 'not_found' : status === 409 ? 'conflict' : 'cloud_failed';
  throw new ConpaasError(code, `The container engine refused: ${words.slice(0, 500)}`);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined; // plain words
  }
}

function lastDocument(body: string): unknown {
  const whole = parsed(body);
  if (whole !== undefined) return whole;
  return parsed(body.trimEnd().split('\n').at(-1) ?? '');
}

function explained(error: unknown, socketPath: string, signal: AbortSignal): unknown {
  if (signal.aborted || error instanceof ConpaasError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ECONNREFUSED') {
    return new ConpaasError(
      'unreachable',
      `No container engine answers at ${socketPath}. Start Docker, or Podman with: sudo systemctl start podman.socket`,
      { retry: true },
    );
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new ConpaasError(
      'forbidden',
      `You may not use the container engine at ${socketPath}. Become a member of the group docker and log in again, or, for Podman, run this as root.`,
    );
  }
  return new ConpaasError('cloud_failed', `The container engine at ${socketPath} went away: ${message}`, {
    retry: true,
  });
}
