/** The first contact with a container: the engine runs programs in it and takes archives of files. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import { ConpaasError } from '../../contract/errors.ts';
import type { Copied, Transport } from '../machines/transport.ts';
import type { EngineApi } from './engine-api.ts';
import { containerOf } from './servers.ts';

export function containerTransport(api: EngineApi): Transport {
  const required = (server: string): string => {
    const container = containerOf(server);
    if (container === undefined) throw new ConpaasError('not_found', 'There is no such machine.');
    return container;
  };
  return {
    async copy(server, files, signal) {
      const path = `/containers/${required(server)}/archive`;
      const packed = pack();
      const archive = new PassThrough();
      const sent = api.request({ method: 'PUT', path, query: { path: '/' }, archive }, signal);
      await Promise.all([sent, pipeline(packed, archive), write(packed, files)]);
    },
    // The engine gives every program the environment that the container was made with.
    run: (server, command, input, signal) =>
      api.execute(required(server), ['/usr/bin/env', '-u', 'CONPAAS_USER_DATA', ...command], input, signal),
  };
}

async function write(archive: ReturnType<typeof pack>, files: readonly Copied[]): Promise<void> {
  try {
    for (const { from, to, mode } of files) {
      const { size } = await stat(from);
      const entry = archive.entry({ name: path.relative('/', to), size, mode, uid: 0, gid: 0 });
      await pipeline(createReadStream(from), entry);
    }
    archive.finalize();
  } catch (error) {
    archive.destroy(error as Error);
    throw error;
  }
}
