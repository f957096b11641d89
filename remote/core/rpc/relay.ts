/**
 * Passes calls on as they are: a director to the manager of an application. Nothing is read or kept: bodies, streams,
 * uploads with their resumption, trailers and upgraded connections are piped, so a slow reader slows the writer.
 */
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { ConpaasError, toFailure } from '../contract/errors.ts';
import { formatIdentity, type Identity } from '../contract/identity.ts';
import type { Credentials } from '../identity/credentials.ts';
import { closeSoon } from './channel.ts';
import { type Connection, openConnection } from './connection.ts';
import { refuseUpgrade, sendFailure } from './http-io.ts';
import { type RelayWatcher, WatchedExchange } from './relay-watch.ts';
import { headers } from './wire.ts';

export interface RelayTarget {
  readonly host: string;
  readonly port: number;
  readonly expect: Identity;
  readonly credentials: Credentials;
  /** What it is, for who is told that it does not answer; absent: only its address is told. */
  readonly title?: string | undefined;
}

export interface RelayedCall {
  readonly target: RelayTarget;
  /** Path at the target. */
  readonly path: string;
  /** On whose behalf; whatever the client said about it is dropped. */
  readonly user: string | undefined;
  /** Wants to know what becomes of it. */
  readonly watcher?: RelayWatcher | undefined;
  /** Milliseconds left, if the client set a deadline. */
  readonly remaining: number | undefined;
}

export interface Relay extends Disposable {
  forward(call: RelayedCall, request: IncomingMessage, response: ServerResponse): void;
  upgrade(call: RelayedCall, request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** Connections to so many managers are kept. */
const kept = 256;

/** Headers that belong to one connection (RFC 9110, 7.6.1), and those this relay sets itself. */
const ownHeaders = new Set<string>([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'te',
  'upgrade',
  'proxy-authorization',
  'proxy-authenticate',
  'host',
  'expect',
  headers.user,
  headers.timeout,
]);

/** Creates a relay with its own connections. */
export function createRelay(): Relay {
  const connections = new Map<string, { connection: Connection; credentials: Credentials }>();

  const connectionTo = (target: RelayTarget): Connection => {
    const key = `${target.host} ${target.port} ${formatIdentity(target.expect)}`;
    let entry = connections.get(key);
    if (entry) {
      entry.credentials = target.credentials;
      connections.delete(key); // and back at the end: the one used longest ago is the first
    } else {
      const fresh = { credentials: target.credentials };
      const connection = openConnection({
        address: { host: target.host, port: target.port },
        expect: target.expect,
        credentials: () => fresh.credentials,
      });
      entry = Object.assign(fresh, { connection });
    }
    connections.set(key, entry);
    for (const [oldest, { connection }] of connections) {
      if (connections.size <= kept) break;
      connection.retire();
      connections.delete(oldest);
    }
    return entry.connection;
  };

  const outgoing = (call: RelayedCall, request: IncomingMessage): OutgoingHttpHeaders => ({
    ...passedOn(request.headers),
    ...(call.user !== undefined && { [headers.user]: call.user }),
    ...(call.remaining !== undefined && { [headers.timeout]: String(Math.floor(call.remaining)) }),
  });

  return {
    forward(call, request, response) {
      const connection = connectionTo(call.target);
      const watched = call.watcher && new WatchedExchange(call.watcher, request);
      const upstream = connection.request({
        method: request.method === 'GET' ? 'GET' : 'POST',
        path: call.path,
        headers: {
          ...outgoing(call, request),
          ...(request.headers['transfer-encoding'] !== undefined && { 'transfer-encoding': 'chunked' }),
        },
        // what may take long must not keep calls waiting; from here only the deadline tells
        lasting: call.remaining === undefined,
      });
      response.on('close', () => {
        if (!response.writableFinished) {
          watched?.ended('cancelled');
          upstream.destroy();
        }
      });
      upstream.on('error', (error) => {
        const failure = toFailure(awayError(connection, error, call.target));
        watched?.ended(failure.code);
        sendFailure(request, response, failure);
      });
      upstream.on('response', (answer) => {
        watched?.answered(answer);
        response.writeHead(answer.statusCode ?? 502, passedOn(answer.headers));
        response.flushHeaders();
        answer.on('error', () => response.destroy());
        answer.on('close', () => {
          if (!answer.complete) response.destroy();
        });
        answer.pipe(response, { end: false });
        answer.on('end', () => {
          if (!answer.complete) return;
          response.addTrailers(trailersOf(answer));
          response.end();
          if (!request.complete) {
            request.unpipe(upstream);
            request.resume();
          }
        });
      });
      request.on('error', () => upstream.destroy());
      request.pipe(upstream);
    },

    upgrade(call, request, socket, head) {
      const connection = connectionTo(call.target);
      const watched = call.watcher && new WatchedExchange(call.watcher, request);
      const upstream = connection.request({
        method: 'GET',
        path: call.path,
        headers: { ...outgoing(call, request), connection: 'Upgrade', upgrade: request.headers.upgrade },
        lasting: true,
      });
      const gone = () => upstream.destroy();
      socket.on('close', gone);
      socket.on('error', gone);
      socket.on('close', () => watched?.ended('cancelled'));
      upstream.on('error', (error) => {
        const failure = toFailure(awayError(connection, error, call.target));
        watched?.ended(failure.code);
        if (!socket.destroyed) refuseUpgrade(socket, failure);
      });
      upstream.on('response', (answer) => {
        // refused: the answer goes back as it is, and the connection ends with it
        watched?.answered(answer);
        const lines = Object.entries(passedOn(answer.headers)).map(([name, value]) => `${name}: ${value}\r\n`);
        socket.write(`HTTP/1.1 ${answer.statusCode} Refused\r\n${lines.join('')}connection: close\r\n\r\n`);
        answer.pipe(socket);
      });
      upstream.on('upgrade', (answer, far, farHead) => {
        socket.off('close', gone).off('error', gone); // from here each end's last bytes reach the other
        watched?.opened();
        socket.write(switchingProtocols(answer.headers.upgrade ?? ''));
        if (farHead.length > 0) socket.write(farHead);
        if (head.length > 0) far.write(head);
        join(far, socket);
        join(socket, far);
      });
      upstream.end();
    },

    [Symbol.dispose]() {
      for (const { connection } of connections.values()) connection[Symbol.dispose]();
      connections.clear();
    },
  };
}

/**
 * Pipes one direction of a relayed duplex. All that one end sent before it closed still reaches the other, even where
 * a late credit could not be delivered to it any more.
 */
function join(from: Duplex, to: Duplex): void {
  from.on('error', () => from.destroy());
  from.on('close', () => {
    if (from.readableEnded) closeSoon(to);
    else to.destroy();
    to.resume(); // nobody reads it now, and its end would go unnoticed
  });
  from.pipe(to);
}

/** The head of an answer that agrees to an upgrade. */
export function switchingProtocols(protocol: string): string {
  return `HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: ${protocol}\r\n\r\n`;
}

function awayError(connection: Connection, error: unknown, { title }: RelayTarget): ConpaasError {
  const known = connection.explain(error);
  if (title === undefined || known.code !== 'unreachable') return known;
  const message = `${title} does not answer. If its machine was lost or has stopped, it is brought back within minutes: try again then.`;
  return new ConpaasError('unreachable', message, { cause: known.failure, retry: true });
}

function passedOn(incoming: IncomingHttpHeaders): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(incoming).filter(([name]) => !ownHeaders.has(name)));
}

function trailersOf(answer: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(answer.trailers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
