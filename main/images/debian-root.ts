/** A Debian root as a tar archive, made by mmdebstrap (a package of Debian and Ubuntu; it needs no root). */
import { spawn } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import type { Architecture } from '../../remote/core/contract/runtimes.ts';

/** The release that engines are chosen for: PHP 8.2, MariaDB 10.11. */
const release = 'bookworm';
const kept = 20;

/** As Debian calls processors. */
export const debianArchitecture: Readonly<Record<Architecture, string>> = { x64: 'amd64', arm64: 'arm64' };

export interface RootOptions {
  /** Debian's names of packages; all that they depend on comes too. */
  readonly packages: readonly string[];
  /** Of the processors that it is for; this computer's where absent. */
  readonly architecture?: Architecture | undefined;
  readonly signal: AbortSignal;
  /** What mmdebstrap says, line by line. */
  readonly onLine?: (line: string) => void;
}

/**
 * The archive as it is made (some minutes). It ends with an error where the root could not be made whole.
 * ConpaasError: `invalid_request` for a strange name, `missing_package` without mmdebstrap, `cloud_failed` with its words
 */
export function debianRoot({ packages, architecture, signal, onLine }: RootOptions): NodeJS.ReadableStream {
  refuseStrange(packages);
  // Programs of the root run as it is made.
  const isForeign = architecture !== undefined && architecture !== process.arch;
  const advice = isForeign
    ? ` For ${architecture} this computer needs to run such programs: sudo apt-get install qemu-user-static`
    : '';
  const archive = new PassThrough();
  const said: string[] = [];
  const child = spawn(
    'mmdebstrap',
    [
      '--variant=minbase',
      '--format=tar',
      ...(architecture === undefined ? [] : [`--architectures=${debianArchitecture[architecture]}`]),
      '--aptopt=Acquire::Languages "none"',
      '--dpkgopt=path-exclude=/usr/share/doc/*',
      '--dpkgopt=path-exclude=/usr/share/man/*',
      `--include=${[...new Set(packages)].sort().join(',')}`,
      release,
      '-',
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], signal },
  );
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.split('\n').filter((one) => one.trim() !== '')) {
      onLine?.(line);
      said.push(line);
      if (said.length > kept) said.shift();
    }
  });
  child.stdout.pipe(archive, { end: false });
  child.once('error', (error: NodeJS.ErrnoException) => archive.destroy(explained(error)));
  child.once('close', (code) => {
    if (code === 0) archive.end();
    else
      archive.destroy(new ConpaasError('cloud_failed', `The Debian root could not be made.${advice}`, { log: said }));
  });
  return archive;
}

/** @throws ConpaasError invalid_request: it would be an option of apt */
export function refuseStrange(packages: readonly string[]): void {
  const strange = packages.find((name) => !/^[a-z0-9][a-z0-9+.-]+$/.test(name));
  if (strange !== undefined) throw new ConpaasError('invalid_request', `${strange} is no name of a package.`);
}

function explained(error: NodeJS.ErrnoException): Error {
  if (error.code !== 'ENOENT') return error; // aborted
  return new ConpaasError(
    'missing_package',
    'mmdebstrap, which makes the Debian root, is not installed. Install it with: sudo apt-get install mmdebstrap. Or have the container engine make it: conpaas image build --base debian:bookworm',
  );
}
