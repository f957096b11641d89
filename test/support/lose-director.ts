/** The loss of a director that runs on this computer. */
import { existsSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { until } from '../system/until.ts';

const Serving = z.object({ pid: z.number() });

/**
 * Takes the director's process and all that it has: its host starts it again, on a disk that is empty.
 * @param dataDirectory of the desktop, which has one deployment
 * @returns where the director's files were
 */
export async function loseDirector(dataDirectory: string): Promise<string> {
  const deployments = path.join(dataDirectory, 'deployments');
  const [deployment = ''] = (await readdir(deployments)).filter((name) => name.startsWith('d-'));
  const vms = path.join(deployments, deployment, 'cloud/vms');
  const vm = (await readdir(vms)).find((name) => existsSync(path.join(vms, name, 'director')));
  if (vm === undefined) throw new Error(`No director is below ${vms}.`);
  const home = path.join(vms, vm, 'director');
  const { pid } = Serving.parse(JSON.parse(await readFile(path.join(home, 'serving.json'), 'utf8')));
  process.kill(pid, 'SIGKILL');
  const isLeft = () =>
    existsSync(path.join(home, 'director.db')) || existsSync(path.join(home, 'identity/intermediate.pem'));
  await until(
    'the disk to be gone',
    async () => {
      await rm(path.join(vms, vm), { recursive: true, force: true }).catch(() => undefined); // written to meanwhile
      return !isLeft();
    },
    120_000,
  );
  return home;
}
