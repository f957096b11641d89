/** The window as a whole: losing the director, the hub's death, closing, stopping. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, openDesktop, test, watched } from './fixture.ts';
import { killHub } from './kill-hub.ts';
import { applicationOf } from './scripted/index.ts';

test('when the director goes away the page stays and says since when', async ({ director, page }, info) => {
  director.put(applicationOf({ name: 'guestbook' }));
  await expect(page.getByRole('link', { name: 'guestbook' })).toBeVisible();
  await director.stop();
  await expect(page.getByText('The director does not answer.')).toBeVisible();
  await expect(page.getByRole('link', { name: 'guestbook' })).toBeVisible();
  await page.screenshot({ path: info.outputPath('lost.png') });
});

test('a new window shows at once what the last one has seen', async ({ director }, info) => {
  director.put(applicationOf({ name: 'guestbook' }));
  {
    await using opened = await openDesktop(director.dataDirectory);
    const page = await watched(opened.desktop);
    await expect(page.getByRole('link', { name: 'guestbook' })).toBeVisible();
    await expect.poll(() => existsSync(path.join(director.dataDirectory, 'window-list.json'))).toBe(true);
  }
  // The director has not told anything yet.
  const release = director.hold(['list_applications']);
  await using opened = await openDesktop(director.dataDirectory);
  const page = await watched(opened.desktop);
  await expect(page.getByRole('link', { name: 'guestbook' })).toBeVisible();
  await expect(page.getByText(/as of \d/).first()).toBeVisible();
  await page.screenshot({ path: info.outputPath('remembered.png') });
  release();
  await expect(page.getByText(/as of \d/)).toHaveCount(0);
});

test('the hub is started again when it dies, and the page goes on', async ({ director, page, desktop }) => {
  director.put(applicationOf({ name: 'before' }));
  await expect(page.getByRole('link', { name: 'before' })).toBeVisible();
  await killHub(desktop);
  director.put(applicationOf({ name: 'after' }));
  await expect(page.getByRole('link', { name: 'after' })).toBeVisible();
});

test('closing says once that applications go on', async ({ director }) => {
  director.put(applicationOf({ name: 'guestbook' }));
  const opened = await openDesktop(director.dataDirectory, { told: false });
  const page = await watched(opened.desktop);
  await expect(page.getByRole('link', { name: 'guestbook' })).toBeVisible();
  await opened.desktop.evaluate(({ dialog }) => {
    const said: string[] = [];
    Object.assign(globalThis, { said });
    dialog.showMessageBox = (async (_window: unknown, options: { message: string }) => {
      said.push(options.message);
      return new Promise(() => undefined);
    }) as unknown as typeof dialog.showMessageBox;
  });
  await opened.desktop.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  const said = await opened.desktop.evaluate(() => (globalThis as unknown as { said: string[] }).said);
  expect(said).toEqual(['Your application goes on running.']);
  // The second time it closes without a word.
  const closed = opened.desktop.waitForEvent('close');
  await opened.desktop.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await closed;
  expect(director.applications.size).toBe(1);
});

test('menus lead to pages, and keys too', async ({ page, desktop }) => {
  await desktop.evaluate(({ Menu }) => {
    const help = Menu.getApplicationMenu()?.items.find(({ label }) => label === '&Help');
    help?.submenu?.items[0]?.click();
  });
  await expect(page.getByRole('heading', { level: 1, name: 'Help' })).toBeFocused();
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Applications' }).press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Applications' })).toBeFocused();
});

test('addresses open in the browser of the user, and only web addresses', async ({ director, page, desktop }) => {
  await desktop.evaluate(({ shell }) => {
    const opened: string[] = [];
    Object.assign(globalThis, { opened });
    shell.openExternal = async (url: string) => void opened.push(url);
  });
  const opened = () => desktop.evaluate(() => (globalThis as unknown as { opened: string[] }).opened);
  director.put(applicationOf({ name: 'bad', summary: { address: 'file:///etc/passwd' } }));
  director.put(applicationOf({ name: 'guestbook' }));
  await page.getByRole('button', { name: 'file:///etc/passwd', exact: true }).click();
  await page.getByRole('button', { name: 'http://127.41.0.2', exact: true }).click();
  await expect.poll(opened).toEqual(['http://127.41.0.2/']);
});
