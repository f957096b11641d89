/** The loss of a director that runs on this computer, as a window test brings it about. */
import { existsSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { expect } from './fixture.ts';

const slowly = { timeout: 120_000 };

/** The director's process and all that it has: its host starts it again, on a disk that is empty. */
export async function loseDirector(directory: string): Promise<void> {
  const [deployment = ''] = (await readdir(path.join(directory, 'deployments'))).filter((name) =>
    name.startsWith('d-'),
  );
  const vms = path.join(directory, 'deployments', deployment, 'cloud/vms');
  const names = await readdir(vms);
  const [vm] = names.filter((name) => existsSync(path.join(vms, name, 'director')));
  if (vm === undefined) throw new Error(`No director is below ${vms}.`);
  const home = path.join(vms, vm, 'director');
  const { pid } = z
    .object({ pid: z.number() })
    .parse(JSON.parse(await readFile(path.join(home, 'serving.json'), 'utf8')));
  process.kill(pid, 'SIGKILL');
  await expect
    .poll(async () => {
      await rm(path.join(vms, vm), { recursive: true, force: true }).catch(() => undefined); // written to meanwhile
      return existsSync(path.join(home, 'director.db')) || existsSync(path.join(home, 'identity/intermediate.pem'));
    }, slowly)
    .toBe(false);
}
