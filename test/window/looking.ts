/** Looking at a page: its size, its screenshots in both themes, and what axe says of it. */
import AxeBuilder from '@axe-core/playwright';
import type { ElectronApplication, Page, TestInfo } from '@playwright/test';
import { expect } from '../fixture.ts';

export async function goTo(page: Page, hash: string): Promise<void> {
  await page.evaluate((value) => {
    window.location.hash = value;
  }, hash);
}

/** Nothing that is on the screen is being read any more: what lies below is read when it is scrolled to. */
export async function settled(page: Page): Promise<void> {
  const waiting = () =>
    page.evaluate(
      () =>
        [...document.querySelectorAll('main :is([aria-busy="true"], .MuiSkeleton-root)')].filter(
          (element) => element.getBoundingClientRect().top < window.innerHeight,
        ).length,
    );
  await expect.poll(waiting, { intervals: [20, 50, 100] }).toBe(0);
}

/** By how much the page scrolls sideways, pixels; tables may scroll in themselves. */
export async function sideways(page: Page): Promise<number> {
  return page.evaluate(() => {
    const main = document.querySelector('main') ?? document.body;
    return Math.max(main.scrollWidth - main.clientWidth, document.body.scrollWidth - document.body.clientWidth);
  });
}

/** Gives the page that size, pixels. */
export async function sized(
  desktop: ElectronApplication,
  page: Page,
  to: { readonly width: number; readonly height: number; readonly zoom: number },
): Promise<void> {
  await desktop.evaluate(({ BrowserWindow }, { width, height, zoom }) => {
    const [window] = BrowserWindow.getAllWindows();
    window?.setContentSize(width, height);
    window?.webContents.setZoomFactor(zoom);
  }, to);
  await expect.poll(() => page.evaluate(() => window.innerWidth)).toBe(to.width / to.zoom);
}

const themes = ['light', 'dark'] as const;

/** Screenshots in both themes, kept with the results of the test. The window follows the system's theme. */
export async function shoot(page: Page, info: TestInfo, name: string): Promise<void> {
  for (const colorScheme of themes.toReversed()) {
    await page.emulateMedia({ colorScheme });
    await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
    await page.screenshot({ path: info.outputPath(`${name}, ${colorScheme}.png`), animations: 'disabled' });
  }
}

/** Axe finds nothing, in either theme: they differ in colours only, so that all other rules are run once. */
export async function accessible(page: Page, name: string): Promise<void> {
  for (const colorScheme of themes) {
    await page.emulateMedia({ colorScheme });
    const builder = new AxeBuilder({ page }).setLegacyMode(true);
    if (colorScheme === 'dark') builder.withRules(['color-contrast']);
    const { violations } = await builder.analyze();
    const said = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
    expect.soft(said, `${name}, ${colorScheme}`).toEqual([]);
  }
}
