/**
 * Backups on a volume, by clicks alone: chosen, looked at, a lost director restored from there, and the volume removed. Real
 * Electron, and the real local cloud.
 */
import { readdir, realpath, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { loseDirector } from '../support/lose-director.ts';
import { expect, openDesktop, problemsOf, test, watched } from './fixture.ts';
import { openHome, upWithoutWindow } from './home.ts';
import { accessible, goTo, shoot } from './looking.ts';

const slowly = { timeout: 120_000 };

// biome-ignore lint/correctness/noEmptyPattern: Playwright's own notation
test('backups are kept on a volume, and a director is restored from there', async ({}, info) => {
  test.setTimeout(400_000);
  await using home = await openHome();
  await upWithoutWindow(home);
  await using opened = await openDesktop(home.directory);
  const page = await watched(opened.desktop);
  await expect(page.getByRole('heading', { level: 1, name: 'Applications' })).toBeVisible(slowly);
  await goTo(page, '#/security/backups');
  await page.getByRole('button', { name: 'Keep on a volume…' }).click(slowly);
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Size in GB').fill('0');
  await expect(dialog.getByRole('button', { name: 'Make the volume' })).toBeDisabled();
  await expect(dialog.getByLabel('Size in GB')).toHaveAccessibleDescription(
    'A whole number from 1 to 16,000 is expected.',
  );
  await dialog.getByLabel('Size in GB').fill('16001');
  await expect(dialog.getByRole('button', { name: 'Make the volume' })).toBeDisabled();
  // It would be lost with this computer.
  await expect(dialog.getByRole('alert')).toContainText('This director is on this computer, and so will its volume be');
  await dialog.getByLabel('Size in GB').fill('2');
  await accessible(page, 'the dialog');
  await page.screenshot({ path: info.outputPath('dialog.png') });
  await dialog.getByRole('button', { name: 'Make the volume' }).click();
  const there = page.getByText('on a volume of 2 GB');
  await expect(there).toBeVisible(slowly);
  await expect(there).toContainText('1 backup there, the newest of');
  await expect(page.getByText(/The newest backup is of/)).toBeVisible();
  await shoot(page, info, 'on-a-volume');

  // It vanishes: that is said with what is known of it, and ends when it is back.
  const directory = await volumeDirectory(home.directory);
  await rename(directory, `${directory}.gone`);
  await page.getByRole('button', { name: 'Back up now' }).click();
  const broken = page.getByRole('alert').filter({ hasText: 'The director could not write a backup to its volume.' });
  await expect(broken).toBeVisible(slowly);
  await accessible(page, 'a volume that vanished');
  await shoot(page, info, 'volume-vanished');
  await rename(`${directory}.gone`, directory);
  await page.getByRole('button', { name: 'Back up now' }).click();
  await expect(broken).toHaveCount(0, slowly);
  await expect(there).toBeVisible();

  // The director is lost, and so is all that this computer has of it but the vault.
  await page.getByRole('button', { name: 'Back up now' }).click();
  await expect(page.getByRole('table', { name: 'Backups of the director' })).toBeVisible(slowly);
  await loseDirector(home.directory);
  await rm(path.join(home.directory, 'backups'), { recursive: true });
  await expect(page.getByText(/The director of this-computer is lost|does not answer/).first()).toBeVisible(slowly);
  await page
    .getByRole('button', { name: /Restore .*from (its|the) volume…/ })
    .first()
    .click();
  await expect(dialog).toContainText('from the newest backup on the volume');
  await dialog.getByRole('textbox').fill('this-computer');
  await dialog.getByRole('button', { name: 'Restore' }).click();
  await expect(page.getByRole('list', { name: 'Restore the director of this-computer' })).toBeVisible(slowly);
  await page.screenshot({ path: info.outputPath('restoring.png') });
  await expect(page.getByRole('heading', { level: 1, name: 'Security' })).toBeVisible(slowly);
  await expect(there).toBeVisible(slowly);

  await page.getByRole('button', { name: 'Remove the volume…' }).click();
  await expect(dialog).toContainText('with all backups on it');
  await dialog.getByRole('textbox').fill('this-computer');
  await accessible(page, 'the removal');
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByText('All backups are on this computer.')).toBeVisible(slowly);
  expect(problemsOf(page)).toEqual([]);
});

/** Where the only volume of the only deployment there is. */
async function volumeDirectory(dataDirectory: string): Promise<string> {
  const deployments = path.join(dataDirectory, 'deployments');
  const [deployment = ''] = await readdir(deployments);
  const machines = path.join(deployments, deployment, 'cloud/vms');
  const [machine = ''] = await readdir(machines);
  return realpath(path.join(machines, machine, 'director/volumes/director-backups'));
}
