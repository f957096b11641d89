/** The first five minutes, with nothing stood in for: a real director, real engines, a real answer over HTTP. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { locateRuntime, openDeployments } from '../../main/deploy/index.ts';
import { openVault } from '../../main/vault/index.ts';
import { expect, openDesktop, problemsOf, test, watched } from './fixture.ts';

/** A data directory whose deployments are destroyed at the end, whatever the test has left. */
async function temporaryHome(): Promise<{ readonly directory: string } & AsyncDisposable> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'conpaas-try-'));
  return {
    directory,
    async [Symbol.asyncDispose]() {
      using vault = await openVault(directory, { kind: 'keyfile' });
      await using deployments = openDeployments({ dataDirectory: directory, vault, ...locateRuntime() });
      for (const { id } of await deployments.list()) {
        await deployments.destroy({ deployment: id, signal: AbortSignal.timeout(60_000) });
      }
      await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

test('"Try it on this computer", then the guestbook, answers over HTTP and goes on when the window closes', async () => {
  test.setTimeout(240_000);
  const info = test.info();
  await using home = await temporaryHome();
  let address: string;
  {
    await using opened = await openDesktop(home.directory);
    const page = await watched(opened.desktop);
    await page.getByRole('button', { name: 'Try it on this computer' }).click();
    await expect(page.getByRole('list').getByRole('listitem').first()).toBeVisible();
    await page.screenshot({ path: info.outputPath('setting-up.png') });
    await expect(page.getByRole('heading', { level: 1, name: 'Applications' })).toBeVisible({ timeout: 60_000 });

    await page.getByRole('button', { name: /guestbook/i }).click();
    await expect(page.getByRole('list', { name: 'Plan' })).toBeVisible();
    await page.screenshot({ path: info.outputPath('plan.png') });
    await page.getByRole('button', { name: 'Create' }).click();
    await expect(page.getByRole('heading', { name: /guestbook/i })).toBeVisible();
    await page.screenshot({ path: info.outputPath('creating.png') });
    await expect(page.getByRole('status')).toContainText('It runs at', { timeout: 120_000 });
    address = (await page.getByRole('status').getByRole('button', { name: /^http/ }).first().textContent()) ?? '';
    await page.screenshot({ path: info.outputPath('created.png') });
    expect((await fetch(address)).status).toBe(200);

    await page.getByRole('button', { name: 'Show the application' }).click();
    await page.getByRole('button', { name: 'One backend more' }).click();
    await page.getByRole('button', { name: 'Apply', exact: true }).click();
    await expect(page.getByRole('button', { name: /^Logs of .*-backend-/ })).toHaveCount(2, { timeout: 60_000 });
    await page
      .getByRole('button', { name: /^Logs of .*-backend-/ })
      .first()
      .click();
    await page.screenshot({ path: info.outputPath('application.png') });
    expect(problemsOf(page)).toEqual([]);
  }
  // The window is closed; the application is not.
  expect((await fetch(address)).status).toBe(200);
  {
    await using opened = await openDesktop(home.directory);
    const page = await watched(opened.desktop);
    await expect(page.getByRole('link', { name: /guestbook/i })).toBeVisible({ timeout: 30_000 });
  }
});
