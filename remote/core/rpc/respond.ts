/** Answers one request, whatever it asks for: a method, a manager behind this director, one of the extra pages. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ConpaasError } from '../contract/errors.ts';
import { formatIdentity, type Identity } from '../contract/identity.ts';
import { type Accepted, runAnswer, runDownload, runStream, runUpload } from './handlers.ts';
import { routeOf } from './route.ts';
import { isOurs, type Serving } from './serving.ts';
import type { Spool } from './spool.ts';
import { duplexProtocol } from './wire.ts';

/** @throws ConpaasError what is to be sent instead of an answer */
export async function respond(
  serving: Serving,
  spool: Spool,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { callers, relay, options } = serving;
  const route = routeOf(request.url ?? '/');
  using scope = serving.open(request, route);
  const { signal } = scope;
  const ended = new Promise<void>((resolve) => response.once('close', resolve));
  response.once('close', () => {
    if (!response.writableFinished) scope.abort(new DOMException('The client went away.', 'AbortError'));
  });
  if (route.kind === 'relay') {
    relay.forward(await serving.findTarget(route, request, signal), request, response);
    signal.addEventListener('abort', () => isOurs(signal) && response.destroy());
    await ended;
    return;
  }
  const caller = callers.callerOf(request);
  if (route.kind === 'other') {
    answerExtra(serving, route.path, caller.identity, request, response);
    return;
  }
  const { method, handler } = serving.methodOf(route.name);
  options.authorize(callers.askedOf(caller, route.name, method));
  const call = callers.callOf(caller, signal, route.after);
  const accepted: Accepted = { name: route.name, method, handler, call, request, response };
  if (request.method !== 'POST' && !(method.kind === 'upload' && request.method === 'GET')) {
    throw new ConpaasError('invalid_request', `${route.name} is called with POST.`);
  }
  switch (method.kind) {
    case 'query':
    case 'command':
      return await runAnswer(accepted); // awaited, or the scope would end before it
    case 'stream':
      return await runStream(accepted);
    case 'download':
      return await runDownload(accepted);
    case 'upload': {
      const who = caller.identity ? formatIdentity(caller.identity) : 'owner';
      return await runUpload(accepted, spool, `${who} ${caller.user ?? ''}`);
    }
    case 'duplex':
      throw new ConpaasError('invalid_request', `${route.name} is called with an upgrade to ${duplexProtocol}.`);
  }
}

function answerExtra(
  { options: { extraRoutes, tls } }: Serving,
  path: string,
  identity: Identity | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const extra = Object.hasOwn(extraRoutes ?? {}, path) ? extraRoutes?.[path] : undefined;
  if (!extra || request.method !== 'GET') throw new ConpaasError('not_found', `There is no ${path} here.`);
  if (tls && !identity) throw new ConpaasError('unauthenticated', 'This needs a certificate of the deployment.');
  const { type, body } = extra();
  const bytes = Buffer.from(body);
  response.writeHead(200, { 'content-type': type, 'content-length': bytes.length }).end(bytes);
}
