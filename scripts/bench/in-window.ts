/** A window of an Electron application, for as long as a bench looks at it. */
import { _electron, type ElectronApplication, type Page } from '@playwright/test';

/** Opens the window, waits for its first heading, does the work and closes it. @param home CONPAAS_HOME */
export async function inWindow<T>(
  application: string,
  home: string,
  display: string,
  work: (page: Page, desktop: ElectronApplication) => Promise<T>,
): Promise<T> {
  const desktop = await _electron.launch({
    args: [application, '--disable-gpu'],
    env: { ...(process.env as Record<string, string>), DISPLAY: display, CONPAAS_HOME: home },
  });
  try {
    const page = await desktop.firstWindow();
    await page.waitForSelector('h1');
    return await work(page, desktop);
  } finally {
    await desktop.close();
  }
}
