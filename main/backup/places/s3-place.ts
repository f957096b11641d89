/**
 * A bucket of S3, or of another service that speaks it. Four calls are all that is needed, so the SDK for it is not: they
 * are signed with the SDK's own package.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html
 */
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { SignatureV4 } from '@smithy/signature-v4';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import { type BackupPlace, type Place, placeLabel } from './place.ts';

/** A single request takes no more. */
const mostBytes = 5 * 1024 ** 3;
/** Nothing is heard for so long: the connection is dead, milliseconds. */
const idleMs = 60_000;

interface Asked {
  readonly method: 'GET' | 'PUT' | 'DELETE';
  /** Of the object; empty: of the bucket. */
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly file?: string;
  /** For a person: "writing to it". */
  readonly doing: string;
}

/**
 * @param below of the prefix, where one deployment has its own
 * @param pageSize how many names are listed at a time, at most 1000
 */
export function s3Place(place: Extract<BackupPlace, { kind: 's3' }>, below: string, pageSize = 1000): Place {
  const { bucket, region, accessKeyId, secretAccessKey } = place;
  const label = placeLabel(place);
  // Amazon's wants the bucket in the name of the host, and names with dots break its certificate.
  const inHost = place.endpoint === undefined && !bucket.includes('.');
  const base = new URL(place.endpoint ?? `https://${inHost ? `${bucket}.` : ''}s3.${region}.amazonaws.com`);
  const prefix = [place.prefix, below].filter((part) => part !== '').join('/');
  const signer = new SignatureV4({
    service: 's3',
    region,
    credentials: { accessKeyId, secretAccessKey },
    sha256: NodeSha256,
    uriEscapePath: false,
  });

  /** @throws ConpaasError unreachable, or what the service refuses */
  async function ask({ method, key, query = {}, file, doing }: Asked, signal: AbortSignal): Promise<IncomingMessage> {
    const path = [...(inHost ? [] : [bucket]), ...key.split('/')].map(encodeURIComponent).join('/');
    const pathname = `${base.pathname.replace(/\/$/, '')}/${path}`;
    const size = file === undefined ? 0 : (await stat(file)).size;
    if (size > mostBytes) {
      throw new ConpaasError('too_large', `${key} has more than 5 GB, which cannot be copied to ${label}.`);
    }
    const signed = await signer.sign({
      method,
      protocol: base.protocol,
      hostname: base.hostname,
      ...(base.port === '' ? {} : { port: Number(base.port) }),
      path: pathname,
      query: { ...query },
      headers: {
        host: base.host,
        'x-amz-content-sha256': file === undefined ? emptySha256 : await sha256Of(file),
        ...(file === undefined ? {} : { 'content-length': String(size) }),
      },
    });
    const search = new URLSearchParams(query).toString().replaceAll('+', '%20');
    const send = base.protocol === 'https:' ? https.request : http.request;
    const target = `${base.origin}${pathname}${search === '' ? '' : `?${search}`}`;
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = send(target, { method, headers: signed.headers, signal, timeout: idleMs }, resolve);
      request.on('timeout', () => request.destroy(new Error(`nothing was heard for ${idleMs / 1000} s`)));
      request.on('error', reject);
      if (file === undefined) request.end();
      // A service that refuses closes the connection while we write: what it has said counts.
      else pipeline(createReadStream(file), request).catch(reject);
    }).catch((error: unknown) => {
      signal.throwIfAborted();
      const why = error instanceof Error ? error.message : String(error);
      throw new ConpaasError('unreachable', `${label} cannot be reached: ${why}.`, { retry: true });
    });
    if (answer.statusCode !== undefined && answer.statusCode < 300) return answer;
    throw refusal(answer.statusCode ?? 0, await text(answer), { label, bucket, region, key, doing });
  }

  const keyOf = (name: string): string => (prefix === '' ? name : `${prefix}/${name}`);

  return {
    label,
    async list(signal) {
      const found = new Map<string, number>();
      let token: string | undefined;
      const start = prefix === '' ? '' : `${prefix}/`;
      do {
        const more = token === undefined ? {} : { 'continuation-token': token };
        const query = { 'list-type': '2', 'max-keys': String(pageSize), prefix: start, ...more };
        const page = await text(await ask({ method: 'GET', key: '', query, doing: 'listing it' }, signal));
        for (const [, entry = ''] of page.matchAll(/<Contents>([\s\S]*?)<\/Contents>/g)) {
          const key = element(entry, 'Key');
          if (key?.startsWith(start)) found.set(key.slice(start.length), Number(element(entry, 'Size')));
        }
        token = element(page, 'NextContinuationToken');
      } while (token !== undefined);
      return found;
    },
    async put(name, file, signal) {
      const answer = await ask({ method: 'PUT', key: keyOf(name), file, doing: 'writing to it' }, signal);
      answer.resume();
    },
    async get(name, file, signal) {
      const answer = await ask({ method: 'GET', key: keyOf(name), doing: 'reading from it' }, signal);
      await pipeline(answer, createWriteStream(file, { mode: 0o600, flush: true }), { signal });
      const { size } = await stat(file);
      const wanted = answer.headers['content-length'];
      if (wanted === undefined || Number(wanted) === size) return;
      throw new ConpaasError('interrupted', `${name} was cut off on its way from ${label}.`, { retry: true });
    },
    async remove(name, signal) {
      const answer = await ask({ method: 'DELETE', key: keyOf(name), doing: 'removing from it' }, signal);
      answer.resume();
    },
  };
}

const emptySha256 = createHash('sha256').digest('hex');

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(file)) hash.update(part as Buffer);
  return hash.digest('hex');
}

/** What the signer computes with. */
class NodeSha256 {
  readonly #hash: Hash | Hmac;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }
  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data));
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

/** The first of a name. Names of ours need no more than this to be read; others are left alone. */
function element(xml: string, name: string): string | undefined {
  const found = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return found?.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

const permissions: Readonly<Record<string, string>> = {
  'listing it': 's3:ListBucket',
  'writing to it': 's3:PutObject',
  'reading from it': 's3:GetObject',
  'removing from it': 's3:DeleteObject',
};

/** In plain words, with the service's own. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
function refusal(
  status: number,
  body: string,
  { label, bucket, region, key, doing }: Record<'label' | 'bucket' | 'region' | 'key' | 'doing', string>,
): ConpaasError {
  const code = element(body, 'Code') ?? String(status);
  const said = element(body, 'Message') ?? 'it gives no reason';
  switch (code) {
    case 'NoSuchBucket':
      return new ConpaasError(
        'not_found',
        `There is no bucket ${bucket} in ${region}. Make it first, private and empty.`,
      );
    case 'NoSuchKey':
      return new ConpaasError('not_found', `${key} is not in ${label}.`);
    case 'InvalidAccessKeyId':
    case 'SignatureDoesNotMatch':
      return new ConpaasError('unauthenticated', `${label} does not accept the access key: ${said}`);
    case 'AccessDenied':
      return new ConpaasError('forbidden', `${label} refuses ${doing}. The access key needs ${permissions[doing]}.`);
    case 'RequestTimeTooSkewed':
      return new ConpaasError('unauthenticated', 'The clock of this computer is wrong by many minutes. Set it.');
    case 'PermanentRedirect':
    case 'AuthorizationHeaderMalformed':
      return new ConpaasError('invalid_request', `The bucket ${bucket} is in another region than ${region}: ${said}`);
    default:
      return new ConpaasError('cloud_failed', `${label} has answered with ${code}: ${said}`, { retry: status >= 500 });
  }
}
