/** One SSH connection to a machine whose host key is known beforehand. Nothing is sent to a machine with another. */
import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Client, ConnectConfig, SFTPWrapper } from 'ssh2';
import type { Copied, Ran } from '../../remote/core/clouds/machines/transport.ts';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import { keyOf } from './keys.ts';

export interface Target {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Private key, OpenSSH's format. */
  readonly key: string;
  /** Public lines of the host keys that are accepted. */
  readonly accepted: readonly string[];
}

export interface Connection extends Disposable {
  /** Public line of the host key that it answered with: one of those accepted. */
  readonly hostKey: string;
  readonly isOpen: boolean;
  /** @param command words of letters, digits and `_./:=@-` only: SSH has one string, which the login shell reads */
  run(command: readonly string[], input: string, signal: AbortSignal): Promise<Ran>;
  /** Each file is complete when it has its name. */
  copy(files: readonly Copied[], signal: AbortSignal): Promise<void>;
}

/** Strong ones that every OpenSSH since 2014 has, and that Node's own crypto does. */
const algorithms: NonNullable<ConnectConfig['algorithms']> = {
  kex: ['curve25519-sha256', 'curve25519-sha256@libssh.org'],
  serverHostKey: ['ssh-ed25519'],
  cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com'],
  compress: ['none'],
};
const readyMs = 15_000;
const keepaliveMs = 10_000;

/**
 * Connects once.
 * @throws ConpaasError `unreachable` (nobody listens, or it goes away), `unauthenticated` (another host key, or our key is
 * not let in)
 */
export async function openConnection(target: Target, signal: AbortSignal): Promise<Connection> {
  signal.throwIfAborted();
  const { host, port, user, key, accepted } = target;
  // Loaded when there is a machine to reach: most starts of the command and the window have none.
  const { default: ssh2 } = await import('ssh2');
  const client = new ssh2.Client();
  let seen: string | undefined;
  let open = false;
  let failure: Error | undefined;
  client.on('error', (error) => {
    failure ??= error;
    open = false;
  });
  client.on('close', () => {
    open = false;
  });
  const verify = (blob: Buffer): boolean => {
    const line = `ssh-ed25519 ${blob.toString('base64')}`;
    if (!accepted.some((one) => keyOf(one) === line)) return false;
    seen = line;
    return true;
  };
  const abort = (): void => void client.destroy();
  signal.addEventListener('abort', abort, { once: true });
  try {
    const ready = Promise.race([
      once(client, 'ready'),
      once(client, 'close').then(() => {
        throw failure ?? new Error('The connection was closed.');
      }),
    ]);
    client.connect({
      host,
      port,
      username: user,
      privateKey: key,
      hostVerifier: verify,
      algorithms,
      readyTimeout: readyMs,
      keepaliveInterval: keepaliveMs,
      keepaliveCountMax: 3,
    });
    await ready;
  } catch (error) {
    client.destroy();
    signal.throwIfAborted();
    throw explained(error, target, seen !== undefined);
  } finally {
    signal.removeEventListener('abort', abort);
  }
  open = true;
  const hostKey = seen;
  if (hostKey === undefined) throw new ConpaasError('internal', 'SSH is ready without a host key.');

  /** The connection ends while something is under way: whoever waits learns it. */
  const whileOpen = async <T>(work: Promise<T>, limit: AbortSignal): Promise<T> => {
    const ending = new AbortController();
    // Of an error `once` tells as it is.
    const tell = (error?: unknown): never => {
      throw explained(failure ?? error ?? new Error('The connection was closed.'), target, true);
    };
    const gone = once(client, 'close', { signal: ending.signal }).then(() => tell(), tell);
    // What is under way may learn it before the connection itself does, in words of the socket or none.
    const done = work.catch(async (error: unknown) => {
      await nextTurn();
      const lost = failure ?? (open && !isOfConnection(error) ? undefined : error);
      throw lost ? explained(lost, target, true) : error;
    });
    const aborted = limit.aborted ? Promise.resolve() : once(limit, 'abort', { signal: ending.signal });
    try {
      return await Promise.race([done, gone, aborted.then((): never => limit.throwIfAborted() as never)]);
    } finally {
      ending.abort();
      gone.catch(() => undefined); // ours: nobody waits for it any more
      aborted.catch(() => undefined);
      done.catch(() => undefined);
    }
  };

  return {
    hostKey,
    get isOpen() {
      return open;
    },
    run: (command, input, limit) => whileOpen(run(client, command, input, limit), limit),
    copy: (files, limit) => whileOpen(copy(client, files, limit), limit),
    [Symbol.dispose]() {
      open = false;
      client.end();
      client.destroy();
    },
  };
}

/** @throws ConpaasError `internal`: a word that a shell could read otherwise */
function commandLine(words: readonly string[]): string {
  for (const word of words) {
    if (!/^[A-Za-z0-9_./:=@-]+$/.test(word)) {
      throw new ConpaasError('internal', `${JSON.stringify(word)} cannot be a word of a command over SSH.`);
    }
  }
  return words.join(' ');
}

function run(client: Client, command: readonly string[], input: string, signal: AbortSignal): Promise<Ran> {
  const line = commandLine(command);
  return new Promise((resolve, reject) => {
    client.exec(line, (error, stream) => {
      if (error) return reject(error);
      const output: Buffer[] = [];
      const errors: Buffer[] = [];
      let code: number | undefined;
      const abort = (): void => void stream.destroy();
      signal.addEventListener('abort', abort, { once: true });
      stream.on('data', (data: Buffer) => output.push(data));
      stream.stderr.on('data', (data: Buffer) => errors.push(data));
      stream.on('error', reject);
      stream.on('exit', (status: number | null) => {
        code = status ?? undefined;
      });
      stream.on('close', () => {
        signal.removeEventListener('abort', abort);
        if (code === undefined) return reject(new Error('The program was ended before it was done.'));
        resolve({ code, output: Buffer.concat(output).toString(), errors: Buffer.concat(errors).toString() });
      });
      stream.end(input);
    });
  });
}

async function copy(client: Client, files: readonly Copied[], signal: AbortSignal): Promise<void> {
  const sftp = await settled<SFTPWrapper>((done) => client.sftp(done));
  try {
    for (const { from, to, mode } of files) {
      signal.throwIfAborted();
      const part = `${to}.part`;
      await settled<void>((done) => sftp.fastPut(from, part, { mode }, done));
      await settled<void>((done) => sftp.chmod(part, mode, done)); // the other side's umask does not count
      await settled<void>((done) => sftp.ext_openssh_rename(part, to, done));
    }
  } finally {
    sftp.end();
  }
}

function settled<T>(call: (done: (error?: Error | null, value?: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, value) => (error ? reject(error) : resolve(value as T))); // void calls give none
  });
}

/** ssh2 says at which level a connection broke; what a program or SFTP says has none. */
const isOfConnection = (error: unknown): boolean => error instanceof Error && 'level' in error;

/** @param verified whether it answered with a host key that is accepted */
function explained(error: unknown, { host, port }: Target, verified: boolean): ConpaasError {
  const { level, message } = error as Error & { level?: string };
  if (error instanceof ConpaasError) return error;
  if (!verified && /host.*(verif|denied)/i.test(message)) {
    const text = `The machine at ${host} answers with another host key than it was given. Nothing was sent to it. Somebody may stand between this computer and the machine.`;
    return new ConpaasError('unauthenticated', text, { retry: true });
  }
  if (level === 'client-authentication') {
    return new ConpaasError('unauthenticated', `The machine at ${host} does not let this desktop's key in.`, {
      retry: true,
    });
  }
  const text = `The machine at ${host} cannot be reached by SSH (port ${port}): ${message}`;
  return new ConpaasError('unreachable', text, { retry: true });
}
