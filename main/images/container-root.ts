/**
 * A Debian root as a tar archive, made by a container engine out of an image of Debian: where there is no mmdebstrap, as on
 * macOS and Windows.
 */
import { randomBytes } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { type EngineApi, openEngineApi } from '../../remote/core/clouds/containers/engine-api.ts';
import { engineSocket } from '../../remote/core/clouds/containers/socket.ts';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import { type RootOptions, refuseStrange } from './debian-root.ts';

/** Debian's own, of the release that engines are chosen for, as registries have it. */
const usualBase = 'docker.io/library/debian:bookworm';

export interface ContainerRootOptions extends RootOptions {
  /** Image of Debian; one that the engine does not have is fetched by it. */
  readonly base?: string | undefined;
  readonly socket?: string | undefined;
}

const State = z.object({ State: z.object({ Status: z.string(), ExitCode: z.number() }) });
/** How often is looked whether it has ended, milliseconds; it takes minutes. */
const lookMs = 1000;
const kept = 20;

/** Its arguments are the packages. No unit is started while they are installed (policy-rc.d), and nothing of apt stays. */
const script = `set -eu
export DEBIAN_FRONTEND=noninteractive
printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
apt-get -q -o 'Acquire::Languages=none' update
apt-get -q -y --no-install-recommends install "$@"
apt-get clean
rm -rf /var/lib/apt/lists/* /usr/sbin/policy-rc.d
`;

/**
 * The archive; its container is removed with it. It ends with an error where the root could not be made whole.
 * ConpaasError: `invalid_request` for a strange name, `cloud_failed` with the words of engine or apt
 */
export function containerRoot(options: ContainerRootOptions): NodeJS.ReadableStream {
  refuseStrange(options.packages);
  const archive = new PassThrough();
  make(options, archive).catch((error: unknown) =>
    archive.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  return archive;
}

async function make(options: ContainerRootOptions, archive: PassThrough): Promise<void> {
  const { signal, packages, base = usualBase, onLine } = options;
  const api = openEngineApi(options.socket ?? engineSocket());
  await ensureImage(api, base, signal, onLine);
  const name = `conpaas-image-${randomBytes(6).toString('hex')}`;
  const names = [...new Set(packages)].sort();
  const body = { Image: base, Entrypoint: [], Cmd: ['/bin/sh', '-c', script, 'sh', ...names] };
  await api.request({ method: 'POST', path: '/containers/create', query: { name }, body }, signal);
  try {
    await api.request({ method: 'POST', path: `/containers/${name}/start` }, signal);
    await untilEnded(api, name, signal, onLine);
    await pipeline(await api.download(`/containers/${name}/export`, signal), archive);
  } finally {
    // Also when it was broken off.
    await api.request(
      { method: 'DELETE', path: `/containers/${name}`, query: { force: '1', v: '1' } },
      AbortSignal.timeout(60_000),
    );
  }
}

/** Has the engine fetch an image that it does not have. */
async function ensureImage(
  api: EngineApi,
  image: string,
  signal: AbortSignal,
  onLine: RootOptions['onLine'],
): Promise<void> {
  try {
    await api.request({ method: 'GET', path: `/images/${image}/json` }, signal);
    return;
  } catch (error) {
    if (!(error instanceof ConpaasError) || error.code !== 'not_found') throw error;
  }
  onLine?.(`The engine fetches ${image}.`);
  const answer = await api.request({ method: 'POST', path: '/images/create', query: { fromImage: image } }, signal);
  const problem = (answer as { error?: unknown } | undefined)?.error;
  if (problem !== undefined) throw new ConpaasError('cloud_failed', `${image} was not fetched: ${String(problem)}`);
}

async function untilEnded(
  api: EngineApi,
  container: string,
  signal: AbortSignal,
  onLine: RootOptions['onLine'],
): Promise<void> {
  for (let said = ''; ; ) {
    const found = State.parse(await api.request({ method: 'GET', path: `/containers/${container}/json` }, signal));
    const lines = (await api.log(container, kept, signal)).split('\n').filter((line) => line.trim() !== '');
    const newest = lines.at(-1) ?? '';
    if (newest !== said) onLine?.(newest);
    said = newest;
    const { Status, ExitCode } = found.State;
    if (Status === 'exited' || Status === 'stopped' || Status === 'dead') {
      if (ExitCode === 0) return;
      throw new ConpaasError('cloud_failed', 'The Debian root could not be made: apt failed in the container.', {
        log: lines,
      });
    }
    await delay(lookMs, undefined, { signal });
  }
}
