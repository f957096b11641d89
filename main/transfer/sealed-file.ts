/**
 * Files that leave this computer: JSON, sealed by a passphrase. Everything of the head is authenticated, so neither the
 * kind, the version nor the cost of the passphrase can be changed unseen.
 */
import { z } from 'zod';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import { checkPassphrase, deriveKey, newScryptSettings, ScryptSettings, Sealed, seal, unseal } from '../vault/index.ts';

const Head = z.strictObject({
  format: z.string(),
  version: z.number().int(),
  createdAt: z.number(),
  scrypt: ScryptSettings,
});
const File = Head.extend({ sealed: Sealed });

export interface SealedFormat<Content> {
  /** e.g. `conpaas-desktop-export`. */
  readonly format: string;
  readonly version: number;
  readonly schema: z.ZodType<Content>;
  /** "an export of ConPaaS Desktop": for messages. */
  readonly title: string;
}

function purpose(head: z.infer<typeof Head>): string {
  const { format, version, createdAt, scrypt } = head;
  return JSON.stringify([format, version, createdAt, scrypt.salt, scrypt.n, scrypt.r, scrypt.p]);
}

/** @throws ConpaasError invalid_request: the passphrase is too short */
export async function sealFile<Content>(
  format: SealedFormat<Content>,
  content: Content,
  passphrase: string,
  now = Date.now(),
): Promise<string> {
  checkPassphrase(passphrase);
  const head = { format: format.format, version: format.version, createdAt: now, scrypt: newScryptSettings() };
  const key = await deriveKey(passphrase, head.scrypt);
  const sealed = seal(key, purpose(head), Buffer.from(JSON.stringify(format.schema.parse(content))));
  key.fill(0);
  return `${JSON.stringify({ ...head, sealed })}\n`;
}

/**
 * The content of a sealed file.
 * @throws ConpaasError invalid_request: it is no such file, or of a newer version; unauthenticated: wrong passphrase, or
 * changed
 */
export async function openSealedFile<Content>(
  format: SealedFormat<Content>,
  text: string,
  passphrase: string,
): Promise<{ content: Content; createdAt: number }> {
  const file = File.safeParse(parse(text));
  if (!file.success || file.data.format !== format.format) {
    throw new ConpaasError('invalid_request', `This file is not ${format.title}.`);
  }
  if (file.data.version !== format.version) {
    throw new ConpaasError(
      'invalid_request',
      `This file was written by another version of ConPaaS (format ${file.data.version}, known is ${format.version}).`,
    );
  }
  const { sealed, ...head } = file.data;
  const key = await deriveKey(passphrase, head.scrypt);
  const opened = unseal(key, purpose(head), sealed);
  key.fill(0);
  if (!opened) {
    throw new ConpaasError('unauthenticated', 'This is not the passphrase of the file, or the file was changed.');
  }
  return { content: format.schema.parse(JSON.parse(opened.toString('utf8'))), createdAt: head.createdAt };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // refused by its schema
  }
}
