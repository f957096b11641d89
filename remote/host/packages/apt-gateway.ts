/**
 * Where apt asks on this machine while packages are installed: plain HTTP on the loopback, which the host answers with what
 * it gets from its director over its own connection. So apt needs no certificate, and nobody else's machine gets anything.
 * Whoever on this machine asks gets packages and indexes of archives, which are no secret, and nothing else.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { ConpaasError, toFailure } from '../../core/contract/errors.ts';
import { ArchiveName, isPackagePath } from '../../core/contract/packages.ts';
import type { Download } from '../../core/rpc/index.ts';

export interface AptGateway extends AsyncDisposable {
  readonly port: number;
  /** What came by it so far. */
  readonly given: { files: number; bytes: number };
  /** What the director could not give, in its words; the newest. */
  readonly problem: string | undefined;
}

export type DownloadPackage = (archive: ArchiveName, path: string, signal: AbortSignal) => Promise<Download>;

export async function openAptGateway(download: DownloadPackage): Promise<AptGateway> {
  const given = { files: 0, bytes: 0 };
  let problem: string | undefined;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const wanted = request.method === 'GET' ? wantedOf(request.url ?? '') : undefined;
    if (!wanted) return refuse(response, 403, 'Only packages and indexes of archives are given here.');
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    try {
      const { stream, size } = await download(wanted.archive, wanted.path, gone.signal);
      // Always the whole file: a request for a part of one, or for one that is newer, may be answered so.
      response.writeHead(200, {
        'content-type': 'application/octet-stream',
        ...(size === undefined ? {} : { 'content-length': size }),
      });
      await pipeline(stream, response);
      given.files += 1;
      given.bytes += size ?? 0;
    } catch (error) {
      const { code, message } = toFailure(error);
      // Nobody waits any more, which is no failure of the director's; what that did say is one, though it ends the answer.
      const isOurs = error instanceof ConpaasError && code !== 'cancelled';
      if (gone.signal.aborted && !isOurs) return;
      if (code !== 'not_found') problem = message;
      if (response.headersSent) response.destroy();
      else refuse(response, code === 'not_found' ? 404 : 502, message);
    }
  }

  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    given,
    get problem() {
      return problem;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The archive and the path below it; undefined: nothing that apt asks for. */
function wantedOf(url: string): { archive: ArchiveName; path: string } | undefined {
  const [, first = '', rest = ''] = /^\/([a-z-]+)\/([^?#]+)$/.exec(url) ?? [];
  const archive = ArchiveName.safeParse(first);
  try {
    const path = decodeURIComponent(rest);
    return archive.success && isPackagePath(path) ? { archive: archive.data, path } : undefined;
  } catch {
    return undefined; // a broken escape
  }
}

function refuse(response: ServerResponse, status: number, message: string): void {
  const body = `${message}\n`;
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}
