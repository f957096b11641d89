/** A deployment is destroyed though one of its clouds is away: that fails first, and what is there is given up then. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openCredentialStore } from '../../main/credentials/index.ts';
import { openVault } from '../../main/vault/index.ts';
import { freePort } from '../../remote/core/free-port.fixture.ts';
import { expect, openDesktop, problemsOf, test, watched } from './fixture.ts';
import { testPassphrase } from './home.ts';
import { unlock } from './locking.ts';
import { accessible, goTo, shoot } from './looking.ts';

const slowly = { timeout: 120_000 };

test('what is on a cloud that is away is given up, and the rest goes', async ({ director }, info) => {
  test.setTimeout(300_000);
  await withCloudThatIsAway(director.dataDirectory);
  await using opened = await openDesktop(director.dataDirectory);
  const page = await watched(opened.desktop);
  await unlock(page);
  await goTo(page, '#/settings');
  await page.getByRole('button', { name: 'Destroy this director…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Destroy this-computer?' });
  const leave = dialog.getByRole('checkbox', { name: 'Leave what is on far, and destroy the rest' });
  await expect(leave).not.toBeChecked();
  // What is on this computer always goes.
  await expect(dialog.getByRole('checkbox')).toHaveCount(1);
  await dialog.getByRole('textbox').fill('this-computer');
  await dialog.getByRole('button', { name: 'Destroy', exact: true }).click();
  await expect(page.getByText(/something may be left on far/)).toBeVisible(slowly);
  await shoot(page, info, 'not gone');

  await page.getByRole('button', { name: 'Give up what is on a cloud…' }).click();
  await leave.check();
  await expect(dialog).toContainText('conpaas cloud sweep --abandoned');
  await accessible(page, 'giving up');
  await shoot(page, info, 'giving up');
  await dialog.getByRole('textbox').fill('this-computer');
  await dialog.getByRole('button', { name: 'Destroy', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Try it on this computer' })).toBeVisible(slowly);
  expect(problemsOf(page)).toEqual([]);
});

/** Gives the deployment there a further cloud at which nobody answers. */
async function withCloudThatIsAway(directory: string): Promise<void> {
  const host = '127.90.7.9';
  using vault = await openVault(directory, { kind: 'keyfile' });
  await vault.protect({ kind: 'passphrase', passphrase: testPassphrase });
  const keys = { accessKeyId: 'AKIATESTTESTTEST', secretAccessKey: 'secret-of-this-test', region: 'eu-west-1' };
  const fields = { ...keys, endpoint: `http://${host}:${await freePort(host)}` };
  const { id } = await openCredentialStore(vault).add({ name: 'far away', kind: 'ec2', fields });
  const file = path.join(directory, 'deployments.json');
  const { deployments } = JSON.parse(await readFile(file, 'utf8')) as { deployments: Record<string, unknown>[] };
  const further = [{ name: 'far', kind: 'ec2', credential: id, connected: true }];
  const changed = deployments.map((one) => ({ ...one, clouds: further }));
  await writeFile(file, JSON.stringify({ version: 1, deployments: changed }), { mode: 0o600 });
}
