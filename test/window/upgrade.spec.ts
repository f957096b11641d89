/** A window that is newer than its director says so, upgrades it when it is told to, and shows how it goes. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { buildRelease } from '../../scripts/build/release.mjs';
import { expect, openDesktop, problemsOf, test, watched } from './fixture.ts';
import { openHome, upWithoutWindow } from './home.ts';
import { accessible, goTo, narrow, shoot, sized } from './looking.ts';

const slowly = { timeout: 120_000 };

// biome-ignore lint/correctness/noEmptyPattern: Playwright's own notation
test('a newer version of the director is offered, installed from the window, and taken back there; the director is destroyed there', async ({}, info) => {
  test.setTimeout(400_000);
  await using home = await openHome();
  const bundles = await mkdtemp(path.join(os.tmpdir(), 'conpaas-newer-'));
  try {
    await buildRelease(bundles, { version: '0.93.0', build: 'bbbbbbbbbbbb', contract: 2 });
    await upWithoutWindow(home, (director, signal) =>
      director.call('create_application', { name: 'shop' }, { signal }),
    );
    await using opened = await openDesktop(home.directory, { environment: { CONPAAS_PROGRAMS: bundles } });
    const page = await watched(opened.desktop);
    const banner = page.getByRole('status').filter({ hasText: 'A newer version of the director can be installed.' });
    await banner.getByRole('button', { name: 'Show…' }).click({ timeout: 60_000 });
    const dialog = page.getByRole('dialog', { name: 'Version of the director' });
    await expect(dialog).toContainText('This program has 0.93.0-bbbbbbbbbbbb.');
    const { violations } = await new AxeBuilder({ page }).include('[role="dialog"]').setLegacyMode().analyze();
    expect(violations).toEqual([]);
    await page.screenshot({ path: info.outputPath('offered.png') });
    await dialog.getByRole('button', { name: 'Upgrade', exact: true }).click();
    await expect(dialog.getByText('Replace the director with 0.93.0')).toBeVisible();
    await expect(dialog).toContainText('It runs 0.93.0-bbbbbbbbbbbb.', { timeout: 120_000 });
    await page.screenshot({ path: info.outputPath('upgraded.png') });
    await expect(dialog.getByRole('button', { name: 'Upgrade', exact: true })).toBeDisabled();
    await dialog.getByRole('button', { name: 'Close', exact: true }).click();
    await expect(banner).toBeHidden();

    // The way back is in the settings, and asks first.
    await goTo(page, '#/settings');
    await expect(page.getByText('It runs 0.93.0-bbbbbbbbbbbb.')).toBeVisible();
    await page.getByRole('button', { name: 'Destroy this director…' }).scrollIntoViewIfNeeded();
    await shoot(page, info, 'settings');
    await accessible(page, 'settings');
    await page.getByRole('button', { name: 'Go back…' }).click();
    const back = page.getByRole('dialog', { name: 'Go back to the version before?' });
    await expect(back).toContainText(/Before its last upgrade the director ran 0\.1\.0-/, slowly);
    await shoot(page, info, 'back');
    await accessible(page, 'back');
    await back.getByRole('button', { name: 'Go back', exact: true }).click();
    await expect(back).toBeHidden();
    await expect(page.getByText(/^It runs 0\.1\.0-/)).toBeVisible(slowly);
    await expect(banner).toBeVisible(slowly);

    // Its end: what goes is listed, a wrong name ends nothing, and the steps are shown.
    await page.getByRole('button', { name: 'Destroy this director…' }).click();
    const end = page.getByRole('dialog', { name: 'Destroy this-computer?' });
    await expect(end).toContainText('shop (0 nodes)');
    await expect(end).toContainText('the director and all its processes on this computer');
    await expect(end).toContainText(/\d backups? of the director on this computer/);
    await shoot(page, info, 'destroy');
    await accessible(page, 'destroy');
    await sized(opened.desktop, page, narrow);
    await shoot(page, info, 'destroy narrow');
    const name = end.getByLabel('Type this-computer to confirm');
    await name.fill('this computer');
    await expect(end.getByRole('button', { name: 'Destroy' })).toBeDisabled();
    await name.fill('this-computer');
    await end.getByRole('button', { name: 'Destroy' }).click();
    await expect(page.getByRole('button', { name: 'Try it on this computer' })).toBeVisible(slowly);
    expect(JSON.parse(await readFile(path.join(home.directory, 'deployments.json'), 'utf8'))).toMatchObject({});
    expect(await readdir(path.join(home.directory, 'deployments'))).toEqual([]);
    expect(problemsOf(page)).toEqual([]);
  } finally {
    await rm(bundles, { recursive: true, force: true });
  }
});
