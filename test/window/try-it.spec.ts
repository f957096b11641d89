/** The first five minutes, with nothing stood in for: a real director, real engines, a real answer over HTTP. */
import { expect, openDesktop, problemsOf, test, watched } from './fixture.ts';
import { openHome } from './home.ts';

test('"Try it on this computer", then the guestbook, answers over HTTP and goes on when the window closes', async () => {
  test.setTimeout(240_000);
  const info = test.info();
  await using home = await openHome();
  let address: string;
  {
    await using opened = await openDesktop(home.directory);
    const page = await watched(opened.desktop);
    await page.getByRole('button', { name: 'Try it on this computer' }).click();
    await expect(page.getByRole('list', { name: 'Set up the director' })).toBeVisible();
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

    // A terminal on a node: a shell of the node's own user.
    await page.getByRole('button', { name: /^Terminal on .*-backend-1$/ }).click();
    const terminal = page.locator('.xterm-rows');
    await expect(terminal).toContainText('backend-1:', { timeout: 30_000 });
    await page.keyboard.type('echo uid=$(id -u) tty=$(tty)');
    await page.keyboard.press('Enter');
    await expect(terminal).toContainText(/uid=\d+ tty=\/dev\/pts\/0/);
    const uid = Number(/uid=(\d+)/.exec((await terminal.textContent()) ?? '')?.[1]);
    if (process.getuid?.() === 0) expect(uid).toBeGreaterThanOrEqual(0x30000);
    else expect(uid).toBe(process.getuid?.());
    await page.screenshot({ path: info.outputPath('terminal.png') });
    expect(problemsOf(page)).toEqual([]);
  }
  // The window is closed; the application is not.
  expect((await fetch(address)).status).toBe(200);
  {
    await using opened = await openDesktop(home.directory);
    const page = await watched(opened.desktop);
    await expect(page.getByRole('link', { name: /guestbook/i })).toBeVisible({ timeout: 30_000 });

    // "Stop everything" asks first; nothing answers then, and everything is there again after a start.
    await opened.desktop.evaluate(({ dialog, Menu }) => {
      dialog.showMessageBox = (async () => ({ response: 0 })) as unknown as typeof dialog.showMessageBox;
      const file = Menu.getApplicationMenu()?.items.find(({ label }) => label === '&File');
      file?.submenu?.items.find(({ label }) => label === 'Stop &everything…')?.click();
    });
    await expect(page.getByRole('heading', { name: 'Everything is stopped' })).toBeVisible({ timeout: 60_000 });
    await page.screenshot({ path: info.outputPath('stopped.png') });
    await expect(fetch(address)).rejects.toThrow();
    await page.getByRole('button', { name: 'Start again' }).click();
    await expect(page.getByRole('link', { name: /guestbook/i })).toBeVisible({ timeout: 60_000 });
    await expect
      .poll(
        () =>
          fetch(address).then(
            ({ status }) => status,
            () => 0,
          ),
        { timeout: 60_000 },
      )
      .toBe(200);
  }
});
