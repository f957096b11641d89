/**
 * Asks MariaDB for its counters on one connection that is kept: starting its own client every five seconds would cost a
 * hundred times as much. As much of the protocol as this needs: log in by password over the unix socket, one statement
 * with two columns of text. Source: https://mariadb.com/kb/en/clientserver-protocol/
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';

export interface StatusClient {
  /** Rows of a statement of ours that answers with two columns. @throws Error with MariaDB's own words */
  pairs(statement: string, signal: AbortSignal): Promise<Map<string, string>>;
  close(): void;
}

export interface StatusTarget {
  /** Directory of the socket; its whole path may be too long for a socket's name. */
  readonly directory: string;
  readonly socket: string;
  readonly user: string;
  readonly password: string;
}

/** CLIENT_PROTOCOL_41, CLIENT_SECURE_CONNECTION, CLIENT_PLUGIN_AUTH. */
const capabilities = 0x0000_0200 | 0x0000_8000 | 0x0008_0000;
const utf8mb4 = 45;
const longestAnswer = 1024 * 1024;

export function createStatusClient(target: () => StatusTarget): StatusClient {
  let connection: Connection | undefined;
  const close = () => {
    connection?.socket.destroy();
    connection = undefined;
  };
  return {
    close,
    async pairs(statement, signal) {
      // One that hangs is not used again.
      signal.addEventListener('abort', close, { once: true });
      try {
        connection ??= await logIn(target(), signal);
        return await query(connection, statement);
      } catch (error) {
        close();
        throw error;
      } finally {
        signal.removeEventListener('abort', close);
      }
    },
  };
}

interface Connection {
  readonly socket: Socket;
  /** The next packet's content. */
  next(): Promise<Buffer>;
  send(sequence: number, content: Buffer): void;
}

async function logIn(target: StatusTarget, signal: AbortSignal): Promise<Connection> {
  const directory = await open(target.directory, constants.O_RDONLY | constants.O_DIRECTORY);
  let socket: Socket;
  try {
    socket = await reach(directory, target.socket);
  } finally {
    await directory.close();
  }
  const giveUp = () => socket.destroy();
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    return await greet(packets(socket), target);
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

async function greet(connection: Connection, target: StatusTarget): Promise<Connection> {
  const greeting = await connection.next();
  const version = greeting.indexOf(0, 1);
  // 8 bytes of the challenge, 1 filler, capabilities, character set, status, 10 more; then the rest of the challenge.
  const challenge = Buffer.concat([
    greeting.subarray(version + 5, version + 13),
    greeting.subarray(version + 32, version + 44),
  ]);
  const head = Buffer.alloc(32);
  head.writeUInt32LE(capabilities, 0);
  head.writeUInt32LE(longestAnswer, 4);
  head[8] = utf8mb4;
  const proof = scramble(target.password, challenge);
  connection.send(
    1,
    Buffer.concat([
      head,
      Buffer.from(`${target.user}\0`),
      Buffer.from([proof.length]),
      proof,
      Buffer.from('mysql_native_password\0'),
    ]),
  );
  refuse(await connection.next());
  return connection;
}

async function reach(directory: FileHandle, name: string): Promise<Socket> {
  const socket = connect(`/proc/self/fd/${directory.fd}/${name}`);
  await once(socket, 'connect');
  socket.unref();
  return socket;
}

/** mysql_native_password: SHA1(password) XOR SHA1(challenge, SHA1(SHA1(password))). */
function scramble(password: string, challenge: Buffer): Buffer {
  const sha1 = (...parts: Buffer[]) => createHash('sha1').update(Buffer.concat(parts)).digest();
  const hashed = sha1(Buffer.from(password));
  const mask = sha1(challenge, sha1(hashed));
  return Buffer.from(hashed.map((byte, index) => byte ^ (mask[index] ?? 0)));
}

async function query(connection: Connection, statement: string): Promise<Map<string, string>> {
  connection.send(0, Buffer.concat([Buffer.from([3]), Buffer.from(statement)]));
  refuse(await connection.next());
  const isEnd = (packet: Buffer) => packet[0] === 0xfe && packet.length < 9;
  while (!isEnd(await connection.next())); // what the columns are is known
  const found = new Map<string, string>();
  for (let row = await connection.next(); !isEnd(row); row = await connection.next()) {
    refuse(row);
    const [name, after] = text(row, 0);
    found.set(name, text(row, after)[0]);
  }
  return found;
}

function refuse(packet: Buffer): void {
  // 0xff, code, `#`, SQL state of five characters, text
  if (packet[0] === 0xff) throw new Error(`MariaDB: ${packet.toString('utf8', 9)}`);
}

/** A text with its length before it: names and numbers are far shorter than 64 KiB. */
function text(row: Buffer, at: number): [string, number] {
  const first = row[at] ?? 0;
  if (first === 0xfb) return ['', at + 1]; // NULL
  const [length, begin] = first === 0xfc ? [row.readUInt16LE(at + 1), at + 3] : [first, at + 1];
  return [row.toString('utf8', begin, begin + length), begin + length];
}

function packets(socket: Socket): Connection {
  let received = Buffer.alloc(0);
  let failure: Error | undefined;
  let waiting: { resolve(packet: Buffer): void; reject(error: Error): void } | undefined;
  const deliver = () => {
    if (!waiting) return;
    const length = received.length < 4 ? Number.POSITIVE_INFINITY : received.readUIntLE(0, 3);
    if (received.length >= 4 + length) {
      const packet = received.subarray(4, 4 + length);
      received = received.subarray(4 + length);
      waiting.resolve(packet);
      waiting = undefined;
    } else if (failure) {
      waiting.reject(failure);
      waiting = undefined;
    }
  };
  socket.on('data', (data: Buffer) => {
    received = Buffer.concat([received, data]);
    if (received.length > longestAnswer) socket.destroy(new Error('MariaDB says too much.'));
    deliver();
  });
  socket.on('error', (error) => {
    failure = error;
  });
  socket.on('close', () => {
    failure ??= new Error('MariaDB has closed the connection.');
    deliver();
  });
  return {
    socket,
    next: () =>
      new Promise<Buffer>((resolve, reject) => {
        waiting = { resolve, reject };
        deliver();
      }),
    send(sequence, content) {
      const head = Buffer.alloc(4);
      head.writeUIntLE(content.length, 0, 3);
      head[3] = sequence;
      socket.write(Buffer.concat([head, content]));
    },
  };
}
