/** A volume of the director's machine, which only the director can read: its files come through it, sealed as they are. */
import { open, rm } from 'node:fs/promises';
import type { PlaceToRead } from './place.ts';

/** The director, or one that is being restored. */
export interface VolumeReader {
  list(signal: AbortSignal): Promise<readonly { readonly name: string; readonly size: number }[]>;
  download(file: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
}

export function volumePlace(label: string, reader: VolumeReader): PlaceToRead {
  return {
    label,
    list: async (signal) => new Map((await reader.list(signal)).map(({ name, size }) => [name, size])),
    async get(name, file, signal) {
      const bytes = await reader.download(name, signal);
      await rm(file, { force: true });
      await using handle = await open(file, 'wx', 0o600);
      for await (const part of bytes) await handle.writeFile(part);
      await handle.sync();
    },
  };
}
