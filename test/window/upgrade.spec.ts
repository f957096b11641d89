/** A window that is newer than its director says so, upgrades it when it is told to, and shows how it goes. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { locateRuntime, openDeployments } from '../../main/deploy/index.ts';
import { unlockVault } from '../../main/vault/index.ts';
import { buildRelease } from '../../scripts/build/release.mjs';
import { expect, openDesktop, problemsOf, test, watched } from './fixture.ts';
import { openHome } from './home.ts';

test('a newer version of the director is offered, and installed from the window', async () => {
  test.setTimeout(180_000);
  await using home = await openHome();
  const bundles = await mkdtemp(path.join(os.tmpdir(), 'conpaas-newer-'));
  try {
    await buildRelease(bundles, { version: '0.93.0', build: 'bbbbbbbbbbbb', contract: 2 });
    {
      using vault = await unlockVault(home.directory, {});
      await using older = openDeployments({ dataDirectory: home.directory, vault, ...locateRuntime() });
      await older.up({ owner: 'ann', signal: AbortSignal.timeout(60_000) });
    }
    await using opened = await openDesktop(home.directory, { environment: { CONPAAS_PROGRAMS: bundles } });
    const page = await watched(opened.desktop);
    const banner = page.getByRole('status').filter({ hasText: 'A newer version of the director can be installed.' });
    await banner.getByRole('button', { name: 'Show…' }).click({ timeout: 60_000 });
    const dialog = page.getByRole('dialog', { name: 'Version of the director' });
    await expect(dialog).toContainText('This program has 0.93.0-bbbbbbbbbbbb.');
    const { violations } = await new AxeBuilder({ page }).include('[role="dialog"]').setLegacyMode().analyze();
    expect(violations).toEqual([]);
    await page.screenshot({ path: test.info().outputPath('offered.png') });
    await dialog.getByRole('button', { name: 'Upgrade', exact: true }).click();
    await expect(dialog.getByText('Replace the director with 0.93.0')).toBeVisible();
    await expect(dialog).toContainText('It runs 0.93.0-bbbbbbbbbbbb.', { timeout: 120_000 });
    await page.screenshot({ path: test.info().outputPath('upgraded.png') });
    await expect(dialog.getByRole('button', { name: 'Upgrade', exact: true })).toBeDisabled();
    await dialog.getByRole('button', { name: 'Close', exact: true }).click();
    await expect(banner).toBeHidden();
    expect(problemsOf(page)).toEqual([]);
  } finally {
    await rm(bundles, { recursive: true, force: true });
  }
});
