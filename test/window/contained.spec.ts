/** A page, a tab or a pane of the dock that throws or cannot be loaded says so; the rest of the window goes on. */
import type { ElectronApplication } from '@playwright/test';
import { expect, test } from './fixture.ts';
import { accessible, goTo } from './looking.ts';
import { applicationOf } from './scripted/index.ts';

/** From now on no further script of the page can be loaded; or they can again. */
async function blockScripts(desktop: ElectronApplication, block: boolean): Promise<void> {
  await desktop.evaluate(({ session }, blocked) => {
    session.defaultSession.webRequest.onBeforeRequest(({ url }, answer) => {
      answer({ cancel: !url.startsWith('app://conpaas/') || (blocked && url.endsWith('.js')) });
    });
  }, block);
}

test('parts of the window that cannot be loaded, or throw, are held where they are', async ({
  director,
  page,
  desktop,
}, info) => {
  const guestbook = applicationOf({ name: 'guestbook' });
  director.put(guestbook);
  await page.getByRole('link', { name: 'guestbook' }).click();
  await expect(page.getByRole('tab', { name: 'History' })).toBeVisible();
  const failed = (what: string) => page.getByRole('alert').filter({ hasText: `${what} cannot be shown` });
  await blockScripts(desktop, true);

  // A tab, with the page around it; a pane of the dock; a page.
  await page.getByRole('tab', { name: 'History' }).click();
  await expect(failed('History')).toContainText('could not be loaded');
  await expect(page.getByRole('heading', { level: 1, name: 'guestbook' })).toBeVisible();
  await page.getByRole('button', { name: 'Logs', exact: true }).click();
  await expect(page.getByRole('complementary', { name: 'Dock' }).getByRole('alert')).toContainText(
    'could not be loaded',
  );
  await page.screenshot({ path: info.outputPath('tab and pane.png') });
  await page.getByRole('link', { name: 'Security' }).click();
  await expect(failed('This page')).toContainText('could not be loaded');
  await accessible(page, 'a page that could not be loaded');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Applications' }).click();
  await expect(page.getByRole('link', { name: 'guestbook' })).toBeVisible();

  // Retry, once they can be loaded.
  await blockScripts(desktop, false);
  await goTo(page, '#/security');
  await failed('This page').getByRole('button', { name: 'Retry' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Security' })).toBeVisible();

  // A page that throws when it is shown: what it needs of the browser fails.
  await page.evaluate(() => {
    const focus = HTMLElement.prototype.focus;
    HTMLElement.prototype.focus = function broken(options) {
      if (this.tagName === 'H1') throw new Error('thrown by the test');
      focus.call(this, options);
    };
    Object.assign(window, {
      mend: () => {
        HTMLElement.prototype.focus = focus;
      },
    });
  });
  await goTo(page, '#/settings');
  await expect(failed('This page')).toContainText('failed while it was drawn');
  await failed('This page').getByRole('button', { name: 'Details' }).click();
  await expect(failed('This page')).toContainText('thrown by the test');
  await failed('This page').getByRole('button', { name: 'Copy' }).click();
  await expect.poll(() => desktop.evaluate(({ clipboard }) => clipboard.readText())).toContain('thrown by the test');
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
  await page.evaluate(() => (window as unknown as { mend(): void }).mend());
  await failed('This page').getByRole('button', { name: 'Retry' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible();
});
