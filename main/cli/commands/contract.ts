/** call: anything in the contract. api: the contract itself. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { directorMethods } from '../../../remote/core/contract/director.ts';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import { managerMethods } from '../../../remote/core/contract/manager.ts';
import type { Method, MethodTable } from '../../../remote/core/contract/method.ts';
import { openInBrowser } from '../browser.ts';
import type { Run } from '../program.ts';
import type { Session } from '../session.ts';

export function contractCommands(program: Command, run: Run): void {
  program
    .command('call')
    .argument('<target>', 'director, or APP, or APP/SERVICE')
    .argument('<method>')
    .argument('[params]', 'JSON object')
    .option('--file <path>', 'body of an upload')
    .description('Call any method of the contract')
    .action(
      run(async (session, options: { file?: string }, target: string, name: string, json?: string) => {
        const [application, service] = target.split('/', 2);
        const onDirector = target === 'director';
        const method = findMethod(session, onDirector, name);
        const params = { ...parseParams(json), ...(service === undefined ? {} : { service }) };
        const client = onDirector ? await session.director() : await session.manager(application ?? target);
        const { signal } = session;
        switch (method.kind) {
          case 'stream':
            for await (const item of client.streamAny(name, params, { signal })) {
              session.terminal.line(item, () => JSON.stringify(item));
            }
            return;
          case 'upload': {
            if (options.file === undefined)
              throw new ConpaasError('invalid_request', `${name} is an upload: give its body with --file.`);
            const result = await client.uploadAny(name, params, { path: options.file }, { signal });
            session.terminal.result(result, () => JSON.stringify(result, null, 2));
            return;
          }
          case 'download': {
            const { stream } = await client.downloadAny(name, params, { signal });
            await pipeline(stream, process.stdout, { signal, end: false });
            return;
          }
          case 'duplex':
            throw new ConpaasError('invalid_request', `${name} is a duplex, which this command cannot show.`);
          default: {
            const result = await client.callAny(name, params, { signal });
            session.terminal.result(result, () => JSON.stringify(result, null, 2));
          }
        }
      }),
    );

  const api = program.command('api').description('The interface of the director');
  api
    .command('show')
    .description('Print the OpenAPI 3.1 document')
    .action(
      run(async (session) => {
        const text = await (await session.director()).fetchText('/openapi.json', { signal: session.signal });
        session.terminal.result(JSON.parse(text), () => text);
      }),
    );
  api
    .command('open')
    .description('Show the interface in the browser, until Ctrl+C')
    .action(
      run(async (session) => {
        // The director asks for a client certificate, which a browser does not have: we fetch, and show it on loopback.
        const page = await (await session.director()).fetchText('/', { signal: session.signal });
        const server = createServer((_request, response) => {
          response.setHeader('content-type', 'text/html; charset=utf-8');
          response.end(page);
        });
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
        const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
        session.terminal.result({ address }, () => `${address} (Ctrl+C ends it)`);
        await openInBrowser(address);
        await new Promise<void>((resolve) => session.signal.addEventListener('abort', () => resolve(), { once: true }));
        server.closeAllConnections();
        server.close();
      }),
    );
}

function findMethod(session: Session, onDirector: boolean, name: string): Method {
  const table: MethodTable = onDirector
    ? directorMethods
    : Object.assign({}, managerMethods, ...Object.values(session.specs).map((spec) => spec.managerMethods));
  const found = Object.hasOwn(table, name) ? table[name] : undefined;
  if (found?.callers.includes('user')) return found;
  const names = Object.entries(table)
    .filter(([, method]) => method.callers.includes('user'))
    .map(([one]) => one);
  throw new ConpaasError('unknown_method', `There is no method ${name} here. There are: ${names.sort().join(', ')}.`);
}

function parseParams(json: string | undefined): Record<string, unknown> {
  if (json === undefined) return {};
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new ConpaasError('invalid_request', `The parameters are not valid JSON: ${(error as Error).message}`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new ConpaasError('invalid_request', 'The parameters must be a JSON object, e.g. {"service": "web"}.');
}
