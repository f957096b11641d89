/** Reads a download and verifies it. */
import { createHash } from 'node:crypto';
import { pipeline, Transform } from 'node:stream';
import { ConpaasError } from '../contract/errors.ts';
import type { Download } from './client-options.ts';
import { exchange, type Transport } from './exchange.ts';
import { decodeHeader, headers, readFailure } from './wire.ts';

/** Resolves with the head of the answer; the body is then read as it is taken. */
export async function readDownload(
  transport: Transport,
  name: string,
  body: Buffer,
  signal: AbortSignal | undefined,
): Promise<Download> {
  const answer = await exchange(transport, { path: transport.path(name), body, lasting: true, signal });
  const announced = answer.headers[headers.sha256];
  const size = answer.headers[headers.size];
  const fileName = answer.headers[headers.name];
  const hash = createHash('sha256');
  const verify = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
    flush(done) {
      const failure = answer.trailers[headers.failure];
      const failed = failure === undefined ? undefined : readFailure(decodeHeader(failure));
      const expected = announced ?? answer.trailers[headers.sha256];
      if (failed) done(ConpaasError.of(failed));
      else if (hash.digest('hex') === expected) done();
      else
        done(new ConpaasError('checksum_mismatch', 'What arrived is not what was sent. Try again.', { retry: true }));
    },
  });
  // a raw error of the connection becomes one of ours before the reader sees it
  const stream = verify;
  const destroy = stream.destroy.bind(stream);
  stream.destroy = (error) => destroy(error ? transport.connection.explain(error, signal) : undefined);
  pipeline(answer, stream, () => undefined); // its errors are the stream's own
  return {
    stream,
    ...(size !== undefined && { size: Number(size) }),
    ...(typeof announced === 'string' && { sha256: announced }),
    ...(typeof fileName === 'string' && { name: String(decodeHeader(fileName)) }),
  };
}
