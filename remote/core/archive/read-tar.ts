/** Entries of a tar, in order, streamed. */
import { pipeline } from 'node:stream/promises';
import { extract, type Header } from 'tar-stream';
import type { Budget } from './limits.ts';
import type { RawEntry } from './raw-entry.ts';

/** @param bytes the tar, uncompressed; every byte is charged to `budget` */
export async function* readTar(
  bytes: AsyncIterable<Buffer>,
  budget: Budget,
  signal: AbortSignal,
): AsyncGenerator<RawEntry> {
  const entries = extract();
  let failure: { error: unknown } | undefined;
  const feeding = pipeline(charged(bytes, budget), entries, { signal }).catch((error: unknown) => {
    failure ??= { error };
    // Whoever reads a body learns of it there, and should learn the reason.
    entries.destroy(error instanceof Error ? error : undefined);
  });
  const whyItEnded = async (seen: unknown): Promise<unknown> => {
    await feeding;
    return [failure?.error, seen].find((error) => error !== undefined && !isOnlyDestroyed(error)) ?? endedEarly();
  };
  try {
    for await (const entry of entries) {
      // Its types know streamx only by name; bodies are buffers.
      yield rawEntry(entry.header, explained(entry as unknown as AsyncIterable<Buffer>, whyItEnded));
      entry.resume();
    }
    await feeding;
  } catch (error) {
    // What feeds the parser knows better than the parser why it ended.
    failure ??= { error };
  } finally {
    entries.destroy();
    await feeding;
  }
  if (failure !== undefined) throw isOnlyDestroyed(failure.error) ? endedEarly() : failure.error;
}

/** A body whose reader is told why the parser has ended, not that it has. */
async function* explained(
  body: AsyncIterable<Buffer>,
  why: (seen: unknown) => Promise<unknown>,
): AsyncGenerator<Buffer> {
  try {
    yield* body;
  } catch (error) {
    throw await why(error);
  }
}

const endedEarly = (): Error => new Error('Unexpected end of data');

/** streamx and Node say this of a stream that something else has ended first. */
function isOnlyDestroyed(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.message === 'Stream was destroyed' || ('code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE');
}

async function* charged(bytes: AsyncIterable<Buffer>, budget: Budget): AsyncGenerator<Buffer> {
  for await (const chunk of bytes) {
    budget.use(chunk.length);
    yield chunk;
  }
}

function rawEntry(header: Header, body: AsyncIterable<Buffer>): RawEntry {
  const common = { name: header.name, mode: header.mode ?? 0o644 };
  switch (header.type) {
    case 'file':
    case 'contiguous-file':
      return { ...common, kind: 'file', size: header.size ?? 0, body };
    case 'directory':
      return { ...common, kind: 'directory' };
    case 'symlink':
      return { ...common, kind: 'symlink', target: header.linkname ?? '' };
    case 'link':
      return { ...common, kind: 'hardlink', target: header.linkname ?? '' };
    default:
      return { ...common, kind: 'special', what: header.type?.replaceAll('-', ' ') ?? 'special file' };
  }
}
