/** Where container engines listen. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/** Docker's; it is the director's way to the engine, too. */
export const usualSocket = '/var/run/docker.sock';

/** The first place that is there: what DOCKER_HOST says, Docker's, Podman's of the system, Podman's of this user. */
export function engineSocket(
  environment: NodeJS.ProcessEnv = process.env,
  isThere: (file: string) => boolean = existsSync,
): string {
  const told = environment['DOCKER_HOST'];
  if (told?.startsWith('unix://')) return told.slice('unix://'.length);
  const runtime = environment['XDG_RUNTIME_DIR'];
  const places = [
    usualSocket,
    path.join(homedir(), '.docker/run/docker.sock'),
    '/run/podman/podman.sock',
    ...(runtime ? [path.join(runtime, 'podman/podman.sock')] : []),
  ];
  return places.find(isThere) ?? usualSocket;
}
