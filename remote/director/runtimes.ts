/**
 * The programs that machines of each architecture run. Bundles are the same for all; the Node is this director's own, or
 * one that the desktop has brought for clouds whose machines have other processors.
 */
import { chmod, mkdir, open, rename } from 'node:fs/promises';
import path from 'node:path';
import type { Program } from '../core/clouds/machines/programs.ts';
import { ConpaasError } from '../core/contract/errors.ts';
import type { Handlers, UploadedFile } from '../core/contract/method.ts';
import { Architecture, type Runtime, type runtimeMethods } from '../core/contract/runtimes.ts';
import { digestFile, syncDirectory } from '../core/files/index.ts';
import type { Director } from './director.ts';

/** `e_machine` of an ELF file. Source: elf(5), /usr/include/elf.h */
const machines: Readonly<Record<Architecture, number>> = { x64: 62, arm64: 183 };

export interface RuntimesOptions {
  /** Where those are kept that were brought. */
  readonly directory: string;
  /** Bundles and the Node of this director. */
  programs(): Promise<readonly Program[]>;
  /** This director's own. */
  readonly own?: Architecture | undefined;
}

export class Runtimes {
  readonly #options: RuntimesOptions;
  readonly #own: Architecture;
  readonly #brought = new Map<Architecture, Program>();

  constructor(options: RuntimesOptions) {
    this.#options = options;
    this.#own = options.own ?? (process.arch === 'arm64' ? 'arm64' : 'x64');
  }

  /** What machines of an architecture run. @throws ConpaasError conflict: there is no Node for it, and how it comes here */
  async of(architecture: Architecture): Promise<readonly Program[]> {
    const programs = await this.#options.programs();
    if (architecture === this.#own) return programs;
    const node = await this.#node(architecture);
    if (node) return programs.map((one) => (one.name === 'node' ? node : one));
    throw new ConpaasError(
      'conflict',
      `This director has no Node for machines of the architecture ${architecture}. The desktop brings it with: conpaas up`,
    );
  }

  /** SHA-256 of the Node of such machines where it is another than this director's own; undefined: it is that one. */
  async otherNode(architecture: Architecture | undefined): Promise<string | undefined> {
    if (architecture === undefined || architecture === this.#own) return undefined;
    return (await this.of(architecture)).find(({ name }) => name === 'node')?.sha256;
  }

  /** All that any machine may fetch. */
  async all(): Promise<readonly Program[]> {
    return [...(await this.#options.programs()), ...(await this.#others())];
  }

  async list(): Promise<Runtime[]> {
    const own = (await this.#options.programs()).find(({ name }) => name === 'node');
    const others = await Promise.all(
      this.#otherArchitectures().map(async (architecture) => ({ architecture, node: await this.#node(architecture) })),
    );
    return [
      ...(own ? [{ architecture: this.#own, sha256: own.sha256, own: true }] : []),
      ...others.flatMap(({ architecture, node }) => (node ? [{ architecture, sha256: node.sha256, own: false }] : [])),
    ];
  }

  /**
   * Takes a checked file over.
   * @throws ConpaasError conflict: machines of that architecture have this director's own; invalid_request: it is no
   *   program for such machines
   */
  async add(architecture: Architecture, { path: from, size, sha256 }: UploadedFile): Promise<void> {
    if (architecture === this.#own) {
      throw new ConpaasError('conflict', `This director runs on ${architecture}: its own Node is what machines get.`);
    }
    if (!(await isFor(architecture, from))) {
      throw new ConpaasError('invalid_request', `That file is no program for Linux on ${architecture}.`);
    }
    await mkdir(this.#options.directory, { recursive: true, mode: 0o700 });
    await chmod(from, 0o400);
    {
      await using handle = await open(from, 'r');
      await handle.sync();
    }
    const file = this.#file(architecture);
    await rename(from, file);
    await syncDirectory(this.#options.directory);
    this.#brought.set(architecture, { name: 'node', path: file, size, sha256 });
  }

  async #others(): Promise<Program[]> {
    const found = await Promise.all(this.#otherArchitectures().map((architecture) => this.#node(architecture)));
    return found.filter((node) => node !== undefined);
  }

  #otherArchitectures(): Architecture[] {
    return Architecture.options.filter((architecture) => architecture !== this.#own);
  }

  async #node(architecture: Architecture): Promise<Program | undefined> {
    const known = this.#brought.get(architecture);
    if (known) return known;
    const file = this.#file(architecture);
    const digest = await digestFile(file, undefined).catch((error: unknown) => {
      if (error instanceof ConpaasError && error.code === 'not_found') return undefined;
      throw error;
    });
    if (!digest) return undefined;
    const node: Program = { name: 'node', path: file, ...digest };
    this.#brought.set(architecture, node);
    return node;
  }

  #file(architecture: Architecture): string {
    return path.join(this.#options.directory, `node-${architecture}`);
  }
}

/** Whether a file is an ELF program for such a processor (little-endian, 64 bits). */
async function isFor(architecture: Architecture, file: string): Promise<boolean> {
  await using handle = await open(file, 'r');
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(20), 0, 20, 0);
  const isElf = bytesRead === 20 && buffer.readUInt32BE(0) === 0x7f454c46 && buffer[4] === 2 && buffer[5] === 1;
  return isElf && buffer.readUInt16LE(18) === machines[architecture];
}

export function runtimeHandlers({
  runtimes,
  users,
}: Pick<Director, 'runtimes' | 'users'>): Handlers<typeof runtimeMethods> {
  return {
    list_runtimes: () => runtimes.list(),
    upload_runtime: async ({ architecture }, file, call) => {
      users.requireOwner(call, 'bring the programs of machines');
      await runtimes.add(architecture, file);
      return {};
    },
  };
}
