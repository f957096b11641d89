/** Looking at a page: its size, its screenshots in both themes, and what axe says of it. */
import AxeBuilder from '@axe-core/playwright';
import type { ElectronApplication, Page, TestInfo } from '@playwright/test';
import { expect } from './fixture.ts';

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

export interface Size {
  /** Pixels on the screen. */
  readonly width: number;
  readonly height: number;
  readonly zoom: number;
}

export const wide: Size = { width: 1400, height: 900, zoom: 1 };
export const narrow: Size = { width: 1024, height: 700, zoom: 1 };
/** As if the user had zoomed to 200 %. */
export const twice: Size = { width: 1400, height: 900, zoom: 2 };

/** Gives the page that size. */
export async function sized(desktop: ElectronApplication, page: Page, to: Size): Promise<void> {
  await desktop.evaluate(({ BrowserWindow }, { width, height, zoom }) => {
    const [window] = BrowserWindow.getAllWindows();
    window?.setContentSize(width, height);
    window?.webContents.setZoomFactor(zoom);
  }, to);
  await expect.poll(() => page.evaluate(() => window.innerWidth)).toBe(to.width / to.zoom);
}

const themes = ['light', 'dark'] as const;

/** The user prefers this theme. */
export async function themed(page: Page, theme: (typeof themes)[number]): Promise<void> {
  await page.evaluate((value) => window.conpaas.setPreferences({ theme: value }), theme);
  await page.reload();
  await page.waitForSelector('nav');
  await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
}

/** Screenshots in both themes, kept with the results of the test. The window follows the system's theme. */
export async function shoot(page: Page, info: TestInfo, name: string): Promise<void> {
  for (const colorScheme of themes.toReversed()) {
    await page.emulateMedia({ colorScheme });
    await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
    await page.screenshot({ path: info.outputPath(`${name}, ${colorScheme}.png`), animations: 'disabled' });
  }
}

/** What axe finds, and where. @param rules only these */
export async function violations(page: Page, ...rules: readonly string[]): Promise<string[]> {
  const builder = new AxeBuilder({ page }).setLegacyMode(true);
  if (rules.length > 0) builder.withRules([...rules]);
  const found = await builder.analyze();
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

/** Axe finds nothing, in either theme: they differ in colours only, so that all other rules are run once. */
export async function accessible(page: Page, name: string): Promise<void> {
  for (const colorScheme of themes) {
    await page.emulateMedia({ colorScheme });
    const said = await violations(page, ...(colorScheme === 'dark' ? ['color-contrast'] : []));
    expect.soft(said, `${name}, ${colorScheme}`).toEqual([]);
  }
}
