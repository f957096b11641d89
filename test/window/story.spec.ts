/**
 * The whole story of a user, with nothing stood in for and without the command: real Electron, a real director, real
 * engines, answers over HTTP. Each step leaves a picture.
 */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ElectronApplication, Page } from '@playwright/test';
import * as tar from 'tar';
import { dropFile } from './drop.ts';
import { expect, openDesktop, problemsOf, test, watched } from './fixture.ts';
import { openHome } from './home.ts';

const ready = path.resolve(import.meta.dirname, '../../manifests/guestbook');

async function openWindow(desktop: ElectronApplication): Promise<Page> {
  const page = await watched(desktop);
  await desktop.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(1400, 900));
  return page;
}

/** The guestbook with another heading, as an archive. @returns its path */
async function archiveOf(folder: string, title: string): Promise<string> {
  const code = path.join(folder, 'next');
  await cp(ready, code, { recursive: true });
  const page = path.join(code, 'lib/page.php');
  await writeFile(page, (await readFile(page, 'utf8')).replace('<h1>Guestbook', `<h1>${title}`));
  const archive = path.join(folder, 'next.tar.gz');
  await tar.create({ file: archive, cwd: code, gzip: true }, ['.']);
  return archive;
}

/** A folder whose code does not parse, with something in it that is nobody's business. @returns its path */
async function brokenFolder(folder: string): Promise<string> {
  const code = path.join(folder, 'broken');
  await mkdir(path.join(code, 'notes'), { recursive: true });
  await writeFile(path.join(code, 'index.php'), '<?php this is no PHP');
  await writeFile(path.join(code, '.gitignore'), 'notes/\n');
  await writeFile(path.join(code, 'notes', 'todo.txt'), 'not for the world');
  return code;
}

/** On the Security page: a new intermediate that everybody's certificates come under, then a new root. */
async function renewAndRotate(page: Page): Promise<void> {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Security' }).click();
  const valid = (holder: RegExp) =>
    page.getByRole('table', { name: 'Certificates' }).getByRole('row', { name: holder }).filter({ hasText: 'valid' });
  const serial = async (holder: RegExp): Promise<string> => {
    await expect(valid(holder)).toHaveCount(1, { timeout: 30_000 });
    return (await valid(holder).locator('code').textContent()) ?? '';
  };
  const [root, intermediate, manager] = [/^Root/, /^Intermediate/, /^Manager of Guestbook/];
  const first = { root: await serial(root), intermediate: await serial(intermediate), manager: await serial(manager) };
  await page.getByRole('button', { name: /^Renew Intermediate/ }).click();
  await expect(page.getByText(/^Intermediate.*: renewed\.$/)).toBeVisible({ timeout: 60_000 });
  // What is said to be renewed is in use: the director lists it at once.
  await expect(valid(intermediate).locator('code')).not.toHaveText(first.intermediate);
  const second = await serial(intermediate);
  await page.getByRole('button', { name: 'Renew all', exact: true }).click();
  await expect(page.getByText(/^\d+ certificates were renewed\.$/)).toBeVisible({ timeout: 60_000 });
  expect(await serial(manager)).not.toBe(first.manager);

  await page.getByRole('button', { name: 'Rotate the root…' }).click();
  const question = page.getByRole('dialog', { name: 'Rotate the root?' });
  await question.getByLabel('Type rotate to confirm').fill('rotate');
  await question.getByRole('button', { name: 'Rotate', exact: true }).click();
  await expect(page.getByText('The root was rotated; the old one is trusted by nobody any more.')).toBeVisible({
    timeout: 120_000,
  });
  await page.reload();
  expect(await serial(root)).not.toBe(first.root);
  expect(await serial(intermediate)).not.toBe(second);
}

test('Welcome, guestbook, more backends, code that is live, that goes back, and is rolled back; logs, terminal, history; away and back; gone', async () => {
  test.setTimeout(420_000);
  const info = test.info();
  await mkdir(info.outputDir, { recursive: true });
  const archive = await archiveOf(info.outputDir, 'Book of all guests');
  const broken = await brokenFolder(info.outputDir);
  let step = 0;
  const picture = (page: Page, name: string) =>
    page.screenshot({ path: info.outputPath(`${String(++step).padStart(2, '0')}-${name}.png`) });
  await using home = await openHome();
  let address = '';
  const text = async (): Promise<string> =>
    fetch(address).then(
      (answer) => answer.text(),
      () => 'nothing answers',
    );

  {
    await using opened = await openDesktop(home.directory);
    const page = await openWindow(opened.desktop);
    await expect(page.getByRole('button', { name: 'Use a hand-over file…' })).toBeVisible();
    await picture(page, 'welcome');
    await page.getByRole('button', { name: 'Try it on this computer' }).click();
    await expect(page.getByRole('list', { name: 'Set up the director' })).toBeVisible();
    await picture(page, 'setting-up');
    await expect(page.getByRole('heading', { level: 1, name: 'Applications' })).toBeVisible({ timeout: 60_000 });
    await picture(page, 'no-applications');

    await page.getByRole('button', { name: /guestbook/i }).click();
    await expect(page.getByRole('list', { name: 'Plan' })).toBeVisible();
    await picture(page, 'plan');
    await page.getByRole('button', { name: 'Create' }).click();
    await expect(page.getByRole('heading', { name: /guestbook/i })).toBeVisible();
    await picture(page, 'creating');
    const runs = page.getByRole('status').filter({ hasText: 'It runs at' });
    await expect(runs).toBeVisible({ timeout: 120_000 });
    address = (await runs.getByRole('button', { name: /^http/ }).textContent()) ?? '';
    expect(await text()).toContain('Guestbook');
    await picture(page, 'created');

    // Two backends more, after it was said what that means.
    await page.getByRole('button', { name: 'Show the application' }).click();
    const backends = page.getByRole('button', { name: /^Terminal on .*-backend-\d+$/ });
    await expect(backends).toHaveCount(1);
    await picture(page, 'overview');
    const more = page.getByRole('button', { name: 'One backend more' });
    await more.click();
    await more.click();
    await expect(page.getByText(/backend 1 → 3/)).toBeVisible();
    await picture(page, 'scaling');
    await page.getByRole('button', { name: 'Apply', exact: true }).click();
    await expect(backends).toHaveCount(3, { timeout: 60_000 });
    await expect(page.getByText('All is well: 7 of 7 nodes run.')).toBeVisible({ timeout: 60_000 });
    await picture(page, 'scaled');

    // Code by an archive: the difference, one Enter, live.
    await page.getByRole('button', { name: 'Deploy', exact: true }).click();
    await expect(page.getByRole('table', { name: 'Code versions' })).toContainText('v1');
    await picture(page, 'code');
    await dropFile(page, '[data-drop="code"]', archive);
    let sheet = page.getByRole('dialog', { name: 'Deploy next.tar.gz' });
    await expect(sheet).toContainText(/Difference to v1: 1 changed/);
    await picture(page, 'drop-sheet');
    await page.keyboard.press('Enter');
    await expect(sheet.getByRole('status')).toContainText('live (', { timeout: 60_000 });
    await picture(page, 'live');
    expect(await text()).toContain('Book of all guests');
    await page.keyboard.press('Enter');
    await expect(sheet).toBeHidden();

    // Code that does not parse goes back by itself, and the engine says why. What .gitignore names stays here.
    await dropFile(page, '[data-drop="code"]', broken);
    sheet = page.getByRole('dialog', { name: 'Deploy broken/' });
    await expect(sheet.getByRole('listitem').filter({ hasText: 'notes/' })).toContainText('by .gitignore');
    await expect(sheet).toContainText(/Difference to v2: .*removed/);
    await picture(page, 'broken-drop-sheet');
    await sheet.getByRole('button', { name: 'Deploy' }).click();
    await expect(sheet.getByRole('status')).toContainText('went back to v2', { timeout: 60_000 });
    await expect(sheet.getByLabel('Last lines of the engine')).toContainText(/PHP Parse error.*index\.php/);
    await picture(page, 'went-back');
    expect(await text()).toContain('Book of all guests');
    await sheet.getByRole('button', { name: 'Close' }).click();
    await picture(page, 'code-after');

    await page.getByRole('status', { name: 'Health' }).getByRole('button', { name: 'Roll back to v1' }).click();
    await expect.poll(text, { timeout: 60_000 }).not.toContain('Book of all guests');
    await picture(page, 'rolled-back');

    // A script is tried on the real node: it says what it finds there, and leaves nothing behind.
    await page.getByRole('tab', { name: 'Configuration' }).click();
    await page.getByLabel('Script', { exact: true }).fill('echo "on $CONPAAS_NODE"; touch made; exit 3');
    await page.getByRole('button', { name: 'Dry run' }).click();
    await expect(page.getByLabel('Output of the dry run')).toContainText(/on .*backend-1/, { timeout: 30_000 });
    await expect(page.getByText(/✗ It ended with code 3/)).toBeVisible();
    await expect(page.getByText('It would change 1 path: made')).toBeVisible();
    await picture(page, 'dry-run');

    // Logs in the dock follow what is asked of the application now; a search finds it.
    await page.getByRole('link', { name: '‹ Guestbook' }).click();
    await page.getByRole('button', { name: 'Logs', exact: true }).click();
    const log = page.getByRole('log', { name: 'Log of Guestbook' });
    await expect(page.getByRole('button', { name: 'Follow' })).toHaveAttribute('aria-pressed', 'true');
    await fetch(`${address}/?asked=just-now`);
    await expect(log).toContainText('asked=just-now', { timeout: 30_000 });
    await expect(page.getByText('The log cannot be followed')).toBeHidden();
    await picture(page, 'logs');
    await page.keyboard.press('/');
    await page.getByRole('textbox', { name: 'Search in the log' }).fill('asked=just-now');
    await expect(page.getByRole('status', { name: 'Search result' })).toHaveText(/^\d+ hits?$/);
    await page.keyboard.press('Enter');
    await expect(log.locator('mark').first()).toHaveText('asked=just-now');
    await picture(page, 'log-search');

    // A terminal on a node: a shell of the node's own user.
    await backends.first().click();
    const terminal = page.locator('.xterm-rows');
    await expect(terminal).toContainText('backend-1:', { timeout: 30_000 });
    await page.keyboard.type('id');
    await page.keyboard.press('Enter');
    await expect(terminal).toContainText(/uid=\d+/);
    const uid = Number(/uid=(\d+)/.exec((await terminal.textContent()) ?? '')?.[1]);
    if (process.getuid?.() === 0) expect(uid).toBeGreaterThanOrEqual(0x30000);
    else expect(uid).toBe(process.getuid?.());
    await picture(page, 'terminal');
    await page.getByRole('button', { name: 'Hide the dock' }).click();

    // The version with the new code is returned to.
    await page.getByRole('tab', { name: 'History' }).click();
    const versions = page.getByRole('list', { name: 'Versions' }).getByRole('listitem');
    // Made, deployed, rolled back; what went back by itself has changed nothing.
    await expect(versions).toHaveCount(3);
    await picture(page, 'history');
    await versions.nth(1).getByRole('button').click();
    await expect(page.getByRole('table', { name: 'Differences in guestbook' })).toContainText('v2');
    await picture(page, 'history-difference');
    await page.getByRole('button', { name: /^Return to version/ }).click();
    await expect.poll(text, { timeout: 60_000 }).toContain('Book of all guests');
    await expect(versions).toHaveCount(4);
    await picture(page, 'returned');
    expect(problemsOf(page)).toEqual([]);
  }

  // The window is closed; the application is not.
  expect(await text()).toContain('Book of all guests');
  {
    await using opened = await openDesktop(home.directory);
    const page = await openWindow(opened.desktop);
    await expect(page.getByRole('link', { name: 'Guestbook' })).toBeVisible({ timeout: 30_000 });
    await picture(page, 'opened-again');

    // "Stop everything" asks first; nothing answers then, and everything is there again after a start.
    await opened.desktop.evaluate(({ dialog, Menu }) => {
      dialog.showMessageBox = (async () => ({ response: 0 })) as unknown as typeof dialog.showMessageBox;
      const file = Menu.getApplicationMenu()?.items.find(({ label }) => label === '&File');
      file?.submenu?.items.find(({ label }) => label === 'Stop &everything…')?.click();
    });
    await expect(page.getByRole('heading', { name: 'Everything is stopped' })).toBeVisible({ timeout: 60_000 });
    await picture(page, 'stopped');
    expect(await text()).toBe('nothing answers');
    await page.getByRole('button', { name: 'Start again' }).click();
    await expect(page.getByRole('link', { name: 'Guestbook' })).toBeVisible({ timeout: 60_000 });
    await expect.poll(text, { timeout: 60_000 }).toContain('Book of all guests');

    await renewAndRotate(page);
    await picture(page, 'rotated');
    expect(await text()).toContain('Book of all guests');
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Applications' }).click();

    await page.getByRole('link', { name: 'Guestbook' }).click();
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Delete…' }).click();
    const question = page.getByRole('dialog', { name: 'Delete Guestbook?' });
    await expect(question.getByRole('button', { name: 'Delete' })).toBeDisabled();
    await question.getByLabel('Type Guestbook to confirm').fill('Guestbook');
    await picture(page, 'delete');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1, name: 'Applications' })).toBeVisible({ timeout: 60_000 });
    await picture(page, 'deleting');
    await expect(page.getByRole('button', { name: /guestbook/i })).toBeVisible({ timeout: 60_000 });
    await expect.poll(text).toBe('nothing answers');
    await picture(page, 'gone');
    expect(problemsOf(page)).toEqual([]);
  }
});
