/** The image that machines are made of: a Debian root with the engines, imported once and shared by all deployments. */
import { once } from 'node:events';
import { ConpaasError } from '../../contract/errors.ts';
import { machinePackages } from '../machines/packages.ts';
import { openEngineApi } from './engine-api.ts';
import { imageName } from './settings.ts';
import { engineSocket } from './socket.ts';

/** What machines need beside engines. */
export const basePackages: readonly string[] = [
  ...machinePackages,
  'openssh-server', // not started: tests have machines be contacted as those of other clouds are
  'tini', // their first process
];

/** @throws ConpaasError as the engine answers: before minutes are spent on a root that nobody takes */
export async function checkEngine(signal: AbortSignal, socket = engineSocket()): Promise<void> {
  await openEngineApi(socket).request({ method: 'GET', path: '/info' }, signal);
}

/**
 * Makes a root the image of machines; one that was there before loses the name, and machines made of it go on.
 * @param root a tar archive; where it ends with an error nothing is imported
 * @returns the image's name
 */
export async function importImage(
  root: NodeJS.ReadableStream,
  signal: AbortSignal,
  socket = engineSocket(),
  name = imageName,
): Promise<string> {
  const [repo = '', tag = ''] = name.split(/:(?=[^:/]*$)/);
  const query = { fromSrc: '-', repo, tag };
  const api = openEngineApi(socket);
  // A root takes minutes before its first byte, and no engine waits for that.
  await once(root, 'readable', { signal });
  const answer = await api.request({ method: 'POST', path: '/images/create', query, archive: root }, signal);
  const problem = (answer as { error?: unknown } | undefined)?.error;
  if (problem !== undefined) throw new ConpaasError('cloud_failed', `The image was not imported: ${String(problem)}`);
  return name;
}
