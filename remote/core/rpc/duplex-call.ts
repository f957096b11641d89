/** Answers one upgrade: a duplex of ours, or of a manager behind this director. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { ConpaasError, toFailure } from '../contract/errors.ts';
import { openChannel } from './channel.ts';
import { switchingProtocols } from './relay.ts';
import { routeOf } from './route.ts';
import { isOurs, type Serving } from './serving.ts';
import { abortError } from './signals.ts';
import { parseParams } from './validate.ts';
import { decodeHeader, duplexProtocol, encodeHeader, headers } from './wire.ts';

/** Ends with the duplex. @throws ConpaasError a refusal: before anything was answered */
export async function runDuplex(
  serving: Serving,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  const { callers, relay, options } = serving;
  const route = routeOf(request.url ?? '/');
  using scope = serving.open(request, route);
  socket.once('close', () => scope.abort(new DOMException('The client went away.', 'AbortError')));
  if (request.headers.upgrade !== duplexProtocol) {
    throw new ConpaasError('invalid_request', `The only upgrade there is here is ${duplexProtocol}.`);
  }
  if (route.kind === 'relay') {
    const found = await serving.findTarget(route, request, scope.signal);
    if (socket.destroyed) return;
    relay.upgrade(found, request, socket, head);
    scope.signal.addEventListener('abort', () => isOurs(scope.signal) && socket.destroy());
    await new Promise<void>((resolve) => socket.once('close', resolve));
    return;
  }
  if (route.kind === 'other') throw new ConpaasError('not_found', `There is no ${route.path} here.`);
  const { method, handler } = serving.methodOf(route.name);
  const caller = callers.callerOf(request);
  options.authorize(callers.askedOf(caller, route.name, method));
  if (method.kind !== 'duplex') throw new ConpaasError('invalid_request', `${route.name} is not a duplex.`);
  const stated = request.headers[headers.params];
  const params = parseParams(route.name, method, decodeHeader(typeof stated === 'string' ? stated : encodeHeader({})));
  let opened: { readonly channel: Duplex; readonly gone: Promise<void> } | undefined;
  const open = (): Duplex => {
    if (opened) return opened.channel;
    if (scope.signal.aborted) throw abortError(scope.signal);
    socket.write(switchingProtocols(duplexProtocol));
    const channel = openChannel(socket, head);
    channel.on('error', () => undefined); // the handler sees it too; what matters is that nobody dies of it
    const gone = new Promise<void>((resolve) => channel.once('close', resolve));
    scope.signal.addEventListener('abort', () => channel.destroy(abortError(scope.signal)));
    opened = { channel, gone };
    return channel;
  };
  try {
    await handler.duplex(params, open, callers.callOf(caller, scope.signal));
    open().end();
  } catch (error) {
    if (!opened) throw error;
    serving.complain(request, error);
    opened.channel.destroy(error instanceof ConpaasError ? error : ConpaasError.of(toFailure(error)));
  }
  await opened?.gone;
}
