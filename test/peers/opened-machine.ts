/**
 * A machine of QEMU, as somebody sees it who is root there and who has this computer, too: its processes by a way in of
 * this test's own, its disk as a copy, its memory, its first script and its console.
 */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { z } from 'zod';
import { hostDirectory, programsDirectory } from '../../remote/core/clouds/machines/layout.ts';
import { files, type Placed } from '../../remote/core/clouds/qemu/record.ts';
import { type SeenProcess, uidOf } from '../support/hunt.ts';
import type { Machine } from '../system/intruder.ts';
import type { EnterableImage } from './enterable-image.ts';

const run = promisify(execFile);
const bytesOfPiece = 16 * 1024 ** 2;
const overlap = 4096;
/** Most of a disk is this. */
const nothing = Buffer.alloc(bytesOfPiece + overlap);

/** What is on a machine's disk, in a directory where it can be read until it is disposed of. */
export interface OpenedDisk extends AsyncDisposable {
  readonly homes: string;
  /** The whole of it. */
  readonly file: string;
}

/** @param work for a copy and the place where it is mounted */
export async function openedDisk({ record, directory }: Placed, work: string): Promise<OpenedDisk> {
  const file = path.join(work, `${record.name}.raw`);
  const place = path.join(work, record.name);
  // The machine goes on writing; what a copy of a journalled file system has is what a cut of its power would leave.
  await run('qemu-img', ['convert', '-U', '-O', 'raw', path.join(directory, files.disk), file]);
  await mkdir(place);
  await run('mount', ['-o', 'loop', file, place]);
  return {
    file,
    homes: path.join(place, hostDirectory, 'homes'),
    async [Symbol.asyncDispose]() {
      await run('umount', [place]);
      await rm(file);
    },
  };
}

const seen = z.array(z.object({ pid: z.number(), status: z.string(), cmdline: z.string(), environ: z.string() }));
/** Runs on the machine; what is not on its disk yet is then. */
const look = `
const fs = require('node:fs');
require('node:child_process').execFileSync('sync');
const read = (pid, name, form) => fs.readFileSync('/proc/' + pid + '/' + name, form);
const all = fs.readdirSync('/proc').filter((name) => /^\\d+$/.test(name)).flatMap((pid) => {
  try {
    const [status, cmdline, environ] = [read(pid, 'status', 'utf8'), read(pid, 'cmdline', 'base64'), read(pid, 'environ', 'base64')];
    return [{ pid: Number(pid), status, cmdline, environ }];
  } catch {
    return []; // ended meanwhile
  }
});
process.stdout.write(JSON.stringify(all));
`;

async function processesOn(image: EnterableImage, host: string, signal: AbortSignal): Promise<SeenProcess[]> {
  using connection = await image.enter(host, signal);
  const { code, output, errors } = await connection.run([`${programsDirectory}/node`, '-'], look, signal);
  if (code !== 0) throw new Error(`Its processes could not be seen: ${errors}`);
  return seen.parse(JSON.parse(output)).map(({ pid, status, cmdline, environ }) => ({
    ...{ pid, uid: uidOf(status) },
    ...{ cmdline: Buffer.from(cmdline, 'base64'), environ: Buffer.from(environ, 'base64') },
  }));
}

/** The memory that a machine has, in a file of its directory. */
async function memoryOf({ directory }: Placed, bytes: number): Promise<string> {
  const file = path.join(directory, 'memory');
  const socket = connect(path.join(directory, files.monitor));
  await once(socket, 'connect');
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  const dump = { execute: 'pmemsave', arguments: { val: 0, size: bytes, filename: file } };
  for (const command of [{ execute: 'qmp_capabilities' }, dump]) {
    socket.write(`${JSON.stringify(command)}\n`);
    for (;;) {
      const { value = '{}' } = await lines.next();
      const answer = z
        .object({ return: z.unknown(), error: z.unknown(), event: z.unknown() })
        .partial()
        .parse(JSON.parse(value));
      if (answer.error !== undefined) throw new Error(JSON.stringify(answer.error));
      if (answer.return !== undefined) break;
    }
  }
  socket.destroy();
  return file;
}

/** Of a file: from where, and how many bytes. */
interface Range {
  readonly start: number;
  readonly length: number;
}

/** What a machine has written itself; the rest of its disk is what all are made of, or nothing. */
async function writtenBy({ directory }: Placed): Promise<readonly Range[]> {
  const { stdout } = await run('qemu-img', ['map', '-U', '--output=json', path.join(directory, files.disk)], {
    maxBuffer: bytesOfPiece,
  });
  const Mapped = z.object({ start: z.number(), length: z.number(), depth: z.number(), data: z.boolean() });
  return z
    .array(Mapped)
    .parse(JSON.parse(stdout))
    .filter(({ depth, data }) => depth === 0 && data);
}

/** Parts of a file in pieces that overlap, so that nothing is cut in all of them. */
async function* piecesOf(file: string, ranges: readonly Range[]): AsyncGenerator<Buffer> {
  for (const { start, length } of ranges) {
    let before = Buffer.alloc(0);
    const end = start + length - 1;
    for await (const piece of createReadStream(file, { start, end, highWaterMark: bytesOfPiece })) {
      const content = Buffer.concat([before, piece as Buffer]);
      if (!content.equals(nothing.subarray(0, content.length))) yield content;
      before = content.subarray(-overlap);
    }
  }
}

export interface OpenedMachine extends Machine, AsyncDisposable {}

export async function openedMachine(
  placed: Placed,
  options: {
    readonly image: EnterableImage;
    readonly work: string;
    readonly memoryMb: number;
    readonly signal: AbortSignal;
  },
): Promise<OpenedMachine> {
  const { image, work, memoryMb, signal } = options;
  const processes = await processesOn(image, placed.record.loopback, signal);
  const written = await writtenBy(placed);
  const disk = await openedDisk(placed, work);
  const memory = await memoryOf(placed, memoryMb * 1024 ** 2);
  return {
    processes,
    homes: disk.homes,
    texts: {
      'the first script': await readFile(path.join(placed.directory, files.seed), 'latin1'),
      'the console': await readFile(path.join(placed.directory, files.console), 'utf8'),
    },
    whole: {
      'the disk': () => piecesOf(disk.file, written),
      'the memory': () => piecesOf(memory, [{ start: 0, length: memoryMb * 1024 ** 2 }]),
    },
    async [Symbol.asyncDispose]() {
      await rm(memory);
      await disk[Symbol.asyncDispose]();
    },
  };
}
