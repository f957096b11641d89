/**
 * The HTTPS server of a process: connections, their end, and which credentials it shows. TLS 1.3 only; a certificate is
 * asked for but not required in the handshake, because `join` has none: `identify` and `authorize` decide, for every
 * call. On a unix socket it is plain HTTP, and whoever may open the socket is the owner.
 */
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { ConpaasError, toFailure } from '../contract/errors.ts';
import type { MethodTable } from '../contract/method.ts';
import type { Credentials } from '../identity/credentials.ts';
import { runDuplex } from './duplex-call.ts';
import { refuseUpgrade, sendFailure } from './http-io.ts';
import { listen } from './listen.ts';
import { respond } from './respond.ts';
import type { RpcServer, ServerOptions } from './server-options.ts';
import { createServing } from './serving.ts';
import { openSpool } from './spool.ts';
import { limits, timings } from './wire.ts';

/** When the server is disposed, calls under way get so long before they are aborted, and then before they are cut, ms. */
const patience = 200;
const farewell = 2000;

/**
 * Starts serving.
 * @throws ConpaasError port_in_use, internal (address not to be had)
 */
export async function serve<T extends MethodTable>(options: ServerOptions<T>): Promise<RpcServer> {
  const { role } = options;
  const spool = await openSpool(options.spool);
  const serving = createServing(options);
  const upgraded = new Set<Duplex>();
  let closing = false;

  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    if (closing) response.setHeader('connection', 'close');
    response.on('error', () => response.destroy());
    // a kept connection would hold up the end of the server
    response.on('close', () => closing && setImmediate(() => server.closeIdleConnections()));
    respond(serving, spool, request, response).catch((error: unknown) => {
      if (!response.destroyed) serving.complain(request, error);
      if (!response.headersSent) sendFailure(request, response, toFailure(error));
    });
  };

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
    socket.on('error', () => socket.destroy());
    runDuplex(serving, request, socket, head).catch((error: unknown) => {
      serving.complain(request, error);
      if (socket.writable) refuseUpgrade(socket, toFailure(error));
    });
  };

  const common = {
    maxHeaderSize: limits.headers,
    keepAliveTimeout: timings.serverKeepAlive,
    requestTimeout: 0, // uploads take their time; a body that stops coming is given up where it is read
    keepAlive: true,
    keepAliveInitialDelay: timings.probe,
  };
  const secure = options.tls ? secureOptions(options.tls.credentials) : undefined;
  const server = secure
    ? https.createServer({ ...common, ...secure, requestCert: true, rejectUnauthorized: false }, onRequest)
    : http.createServer(common, onRequest);
  server.on('upgrade', onUpgrade);
  server.on('clientError', (_error: Error, socket: Duplex) => socket.destroy());
  server.on('tlsClientError', (error: Error, socket: Socket) => {
    if (!closing && ready) options.log(`handshake with ${socket.remoteAddress ?? 'somebody'} failed: ${error.message}`);
  });
  let ready = options.tls?.credentials !== undefined;
  const port = await listen(server, options.listen);

  return {
    port,
    setCredentials(credentials) {
      if (server instanceof https.Server) server.setSecureContext(secureOptions(credentials));
      ready = true;
    },
    recheck: () => serving.underWay.recheck(),
    async [Symbol.asyncDispose]() {
      if (closing) return;
      closing = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const leaving = new ConpaasError('unreachable', `The ${role} is being stopped. Try again.`, { retry: true });
      const aborting = setTimeout(() => serving.underWay.abort(leaving), patience);
      const cutting = setTimeout(() => {
        server.closeAllConnections();
        for (const socket of upgraded) socket.destroy();
      }, farewell);
      server.closeIdleConnections();
      await closed;
      clearTimeout(aborting);
      clearTimeout(cutting);
      spool[Symbol.dispose]();
      serving[Symbol.dispose]();
    },
  };
}

function secureOptions(credentials: Credentials | undefined): https.ServerOptions {
  return {
    minVersion: 'TLSv1.3',
    maxVersion: 'TLSv1.3',
    ca: [...(credentials?.roots ?? [])],
    ...(credentials && { key: credentials.key, cert: credentials.certificate }),
  };
}
