/** The command's side: the keychain of the user, through the running app, which is started hidden where need be. */
import { writeFile } from 'node:fs/promises';
import { createConnection, type Socket } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { hostSocket } from '../../remote/core/clouds/local/socket-path.ts';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import type { Keychain } from '../vault/index.ts';
import { Answer, Challenge, proofName, type Question, socketDirectory, socketName } from './messages.ts';

/** An app that has not come up by then will not, milliseconds. */
const startMs = 30_000;
const againMs = 100;
const answerMs = 20_000;

export interface KeychainClientOptions {
  readonly dataDirectory: string;
  /** Starts the app without a window. @throws ConpaasError unreachable: it is not here, or cannot be started */
  startApp(): Promise<void>;
  readonly signal: AbortSignal;
}

/**
 * The keychain, by asking the app.
 * @throws ConpaasError unreachable: there is no app, and none could be started; or it has no real keychain
 */
export async function findKeychainOfApp(options: KeychainClientOptions): Promise<Keychain> {
  const ask = (question: Question) => askApp(options, question);
  const { backend } = await ask({ ask: 'backend', text: '' });
  return {
    backend,
    wrap: async (text) => (await ask({ ask: 'wrap', text })).text,
    unwrap: async (text) => (await ask({ ask: 'unwrap', text })).text,
  };
}

async function askApp(
  { dataDirectory, startApp, signal }: KeychainClientOptions,
  question: Question,
): Promise<{ backend: string; text: string }> {
  const directory = socketDirectory(dataDirectory);
  let connection = await open(directory);
  if (!connection) {
    await startApp();
    const limit = AbortSignal.timeout(startMs);
    while (!connection) {
      if (limit.aborted) {
        throw new ConpaasError(
          'unreachable',
          'The desktop application did not start, and the vault is protected by its keychain. Open it, then try again.',
        );
      }
      await delay(againMs, undefined, { signal });
      connection = await open(directory);
    }
  }
  try {
    const answer = Answer.parse(await exchange(connection, directory, question));
    if ('failure' in answer) throw ConpaasError.of(answer.failure);
    return answer;
  } finally {
    connection.destroy();
  }
}

/** undefined: nobody listens there. */
function open(directory: string): Promise<Socket | undefined> {
  let place: ReturnType<typeof hostSocket>;
  try {
    place = hostSocket(directory, socketName);
  } catch {
    return Promise.resolve(undefined); // its directory is not there yet
  }
  return new Promise((resolve, reject) => {
    const socket = createConnection(place.path);
    socket.once('connect', () => {
      place[Symbol.dispose]();
      socket.setTimeout(answerMs, () => socket.destroy(new Error('no answer')));
      resolve(socket);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      place[Symbol.dispose]();
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(undefined);
      else reject(new ConpaasError('unreachable', `The desktop application cannot be asked: ${error.message}.`));
    });
  });
}

/** Proves who we are, asks, and reads the answer. */
async function exchange(socket: Socket, directory: string, question: Question): Promise<unknown> {
  for await (const line of createInterface({ input: socket })) {
    const message: unknown = JSON.parse(line);
    const challenge = Challenge.safeParse(message);
    if (!challenge.success) return message;
    await writeFile(path.join(directory, proofName(challenge.data.prove)), '', { flag: 'wx', mode: 0o600 });
    socket.write(`${JSON.stringify(question)}\n`);
  }
  throw new ConpaasError('unreachable', 'The desktop application went away. Try again.', { retry: true });
}
