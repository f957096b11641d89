import { expect, type Page } from '@playwright/test';

/** As when a user drags a file or folder from the file manager and lets it go over an element. */
export async function dropFile(page: Page, selector: string, file: string): Promise<void> {
  // What is still being loaded moves the places that take a drop.
  await expect(page.locator('main[aria-busy="true"], main [aria-busy="true"]')).toHaveCount(0);
  const box = await page.locator(selector).first().boundingBox();
  if (!box) throw new Error(`${selector} is not on the page`);
  const at = { x: box.x + box.width / 2, y: box.y + Math.min(box.height / 2, 60) };
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [file], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, ...at, data });
  }
}
