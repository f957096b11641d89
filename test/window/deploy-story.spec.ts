/** Code by the drop sheet with nothing stood in for: live; a broken version goes back by itself; a rollback; a dry run. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { dropFile } from './drop.ts';
import { expect, openDesktop, problemsOf, test, watched } from './fixture.ts';
import { openHome } from './home.ts';

test('a folder dropped is live; a broken one goes back by itself; rolling back brings the one before', async () => {
  test.setTimeout(240_000);
  const info = test.info();
  await using home = await openHome();
  await using opened = await openDesktop(home.directory);
  const page = await watched(opened.desktop);
  const site = async (name: string, index: string): Promise<string> => {
    const folder = info.outputPath(name);
    await mkdir(path.join(folder, 'notes'), { recursive: true });
    await writeFile(path.join(folder, 'index.php'), index);
    await writeFile(path.join(folder, '.gitignore'), 'notes/\n');
    await writeFile(path.join(folder, 'notes', 'todo.txt'), 'not for the world');
    return folder;
  };

  await page.getByRole('button', { name: 'Try it on this computer' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Applications' })).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: /sudoku/i }).click();
  await page.getByRole('button', { name: 'Create' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'It runs at' })).toBeVisible({ timeout: 120_000 });
  const created = await page.evaluate(async () => {
    const port = await new Promise<MessagePort>((resolve) => {
      window.addEventListener('message', ({ ports: [first] }) => first && resolve(first), { once: true });
      void window.conpaas.connect();
    });
    return new Promise<{ id: string; address: string }>((resolve) => {
      port.onmessage = ({ data }) => data.id === 1 && resolve(data.result[0]);
      port.postMessage({ id: 1, call: 'director', params: { method: 'list_applications', params: {} } });
    });
  });
  await page.reload();
  await page.evaluate((application) => {
    window.location.hash = `#/applications/${application}/services/sudoku/code`;
  }, created.id);
  const address = created.address;
  const text = async () => (await fetch(address)).text();
  await expect(page.getByRole('table', { name: 'Code versions' })).toContainText('v1');

  await dropFile(page, '[data-drop="code"]', await site('good', '<?php echo "the new one";'));
  let sheet = page.getByRole('dialog', { name: 'Deploy good/' });
  await expect(sheet.getByRole('listitem').filter({ hasText: 'notes/' })).toContainText('by .gitignore');
  await expect(sheet).toContainText(/Difference to v1: .*removed/);
  await sheet.getByRole('button', { name: 'Deploy' }).click();
  await expect(sheet.getByRole('status')).toContainText('live (', { timeout: 60_000 });
  await page.screenshot({ path: info.outputPath('live.png') });
  expect(await text()).toBe('the new one');
  expect(await (await fetch(`${address}/notes/todo.txt`)).text()).not.toContain('not for the world');
  await sheet.getByRole('button', { name: 'Close' }).click();

  await dropFile(page, '[data-drop="code"]', await site('broken', '<?php this is no PHP'));
  sheet = page.getByRole('dialog', { name: 'Deploy broken/' });
  await sheet.getByRole('button', { name: 'Deploy' }).click();
  await expect(sheet.getByRole('status')).toContainText('went back to v2', { timeout: 60_000 });
  await expect(sheet.getByLabel('Last lines of the engine')).toContainText('index.php');
  await page.screenshot({ path: info.outputPath('went-back.png') });
  expect(await text()).toBe('the new one');
  await sheet.getByRole('button', { name: 'Close' }).click();

  await page.getByRole('button', { name: 'Roll back to v1' }).click();
  await expect.poll(text, { timeout: 60_000 }).toMatch(/sudoku/i);

  // A script is tried on the real node: it says what it finds there, and leaves nothing behind.
  await page.getByRole('tab', { name: 'Configuration' }).click();
  await page.getByLabel('Script', { exact: true }).fill('echo "on $CONPAAS_NODE"; touch made; exit 3');
  await page.getByRole('button', { name: 'Dry run' }).click();
  await expect(page.getByLabel('Output of the dry run')).toContainText(/on .*backend-1/, { timeout: 30_000 });
  await expect(page.getByText(/✗ It ended with code 3/)).toBeVisible();
  await expect(page.getByText('It would change 1 path: made')).toBeVisible();
  expect(problemsOf(page)).toEqual([]);
});
