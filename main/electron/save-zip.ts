import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';

/** Writes texts as one zip file that only the user may read. */
export async function saveZip(
  file: string,
  texts: readonly { readonly name: string; readonly text: string }[],
): Promise<void> {
  const zip = new ZipFile();
  for (const { name, text } of texts) zip.addBuffer(Buffer.from(text), name);
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(file, { mode: 0o600 }));
}
