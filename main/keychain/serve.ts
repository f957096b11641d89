/** The app's side: the keychain for commands of the same user. */
import { randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import path from 'node:path';
import { hostSocket } from '../../remote/core/clouds/local/socket-path.ts';
import { ConpaasError, toFailure } from '../../remote/core/contract/errors.ts';
import type { FindKeychain } from '../vault/index.ts';
import { type Answer, longestLine, proofName, Question, socketDirectory, socketName } from './messages.ts';

/** Who asks nothing for so long is let go, milliseconds. */
const idleMs = 10_000;

export interface KeychainServer extends AsyncDisposable {
  /** Commands connected now. */
  readonly connections: number;
}

export interface KeychainServerOptions {
  readonly dataDirectory: string;
  readonly findKeychain: FindKeychain;
  /** Whom we serve; the user of this process where absent. */
  readonly uid?: number;
  /** Called when a command has come or gone. */
  onChange?(): void;
}

/** Serves on a socket (0600, in a directory 0700) until disposed of. One app at a time has a data directory. */
export async function serveKeychain(options: KeychainServerOptions): Promise<KeychainServer> {
  const directory = socketDirectory(options.dataDirectory);
  const uid = options.uid ?? process.getuid?.();
  const sockets = new Set<Socket>();
  // What a killed app has left: its socket, and proofs of commands that were killed.
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const place = hostSocket(directory, socketName);

  const server = createServer((socket) => {
    sockets.add(socket);
    options.onChange?.();
    socket.setTimeout(idleMs, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      options.onChange?.();
    });
    const nonce = randomBytes(16).toString('hex');
    const send = (message: object): void => void (socket.destroyed || socket.write(`${JSON.stringify(message)}\n`));
    let proven = false;
    let text = '';
    let work = Promise.resolve();
    const reply = async (line: string): Promise<Answer> => {
      try {
        if (!proven) await checkProof(path.join(directory, proofName(nonce)), uid);
        proven = true;
        return await ask(line);
      } catch (error) {
        return { failure: toFailure(error) };
      }
    };
    socket.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      if (text.length > longestLine) socket.destroy();
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
        const line = text.slice(0, end);
        text = text.slice(end + 1);
        work = work.then(() => reply(line)).then(send);
      }
    });
    send({ prove: nonce });
  });

  async function ask(line: string): Promise<Answer> {
    const question = Question.parse(JSON.parse(line));
    const keychain = await options.findKeychain();
    const { backend } = keychain;
    switch (question.ask) {
      case 'backend':
        return { backend, text: '' };
      case 'wrap':
        return { backend, text: await keychain.wrap(question.text) };
      case 'unwrap':
        return { backend, text: await keychain.unwrap(question.text) };
    }
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(place.path, resolve);
  });
  await chmod(path.join(directory, socketName), 0o600);
  return {
    get connections() {
      return sockets.size;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      place[Symbol.dispose]();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The file must be there and of this user: nobody else can make one in a directory of mode 0700, nor give one away. */
async function checkProof(file: string, uid: number | undefined): Promise<void> {
  const found = await lstat(file).catch(() => undefined);
  await rm(file, { force: true });
  if (found?.isFile() && found.nlink === 1 && (uid === undefined || found.uid === uid)) return;
  throw new ConpaasError('forbidden', 'The keychain is for the user of this desktop only.');
}
