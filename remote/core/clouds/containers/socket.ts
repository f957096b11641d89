/** Where container engines listen. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import type { EngineApi } from './engine-api.ts';

/** Docker's; it is the director's way to the engine, too. */
export const usualSocket = '/var/run/docker.sock';

/** Named pipes of Windows: Docker's, and Podman's machine of the usual name. */
const pipes = ['\\\\.\\pipe\\docker_engine', '\\\\.\\pipe\\podman-machine-default'];

/**
 * The first place that is there: what DOCKER_HOST says, Docker's, Podman's of the system, Podman's of this user; on macOS
 * Podman's machine, on Windows the engines' named pipes.
 */
export function engineSocket(
  environment: NodeJS.ProcessEnv = process.env,
  isThere: (file: string) => boolean = existsSync,
  platform: NodeJS.Platform = process.platform,
): string {
  const told = environment['DOCKER_HOST'];
  if (told?.startsWith('unix://')) return told.slice('unix://'.length);
  if (told?.startsWith('npipe://')) return told.slice('npipe://'.length).replaceAll('/', '\\');
  if (platform === 'win32') return pipes.find(isThere) ?? pipes[0] ?? '';
  const runtime = environment['XDG_RUNTIME_DIR'];
  const places = [
    usualSocket,
    ...['run', 'desktop'].map((kind) => path.join(homedir(), '.docker', kind, 'docker.sock')),
    '/run/podman/podman.sock',
    ...(runtime ? [path.join(runtime, 'podman/podman.sock')] : []),
    ...(platform === 'darwin' ? [path.join(homedir(), '.local/share/containers/podman/machine/podman.sock')] : []),
  ];
  return places.find(isThere) ?? usualSocket;
}

const PodmanInfo = z.object({ host: z.object({ remoteSocket: z.object({ path: z.string() }) }) });

/**
 * What is bound into the director's container as its way to the engine: a path where the engine is. That is the socket
 * itself on Linux; elsewhere the engine is in a VM, and what we speak to leads there.
 */
export async function directorsSocket(
  api: EngineApi,
  socket: string,
  signal: AbortSignal,
  platform: NodeJS.Platform = process.platform,
): Promise<string> {
  if (platform === 'linux' && !socket.includes('/.docker/')) return socket;
  if ((await api.engine(signal)) !== 'podman') return usualSocket; // so Docker Desktop has it
  const { host } = PodmanInfo.parse(await api.request({ method: 'GET', path: '/libpod/info' }, signal));
  return host.remoteSocket.path.replace(/^unix:\/\//, '');
}
