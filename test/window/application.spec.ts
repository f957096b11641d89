/** One application: nodes, code, logs, its end. */
import type { Page } from '@playwright/test';
import { expect, problemsOf, test } from './fixture.ts';
import { applicationOf, operationOf, type ScriptedDirector } from './scripted/index.ts';

async function openGuestbook(director: ScriptedDirector, page: Page): Promise<void> {
  director.put(applicationOf({ name: 'guestbook' }));
  await page.getByRole('link', { name: 'guestbook' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'guestbook' })).toBeVisible();
  await expect(page.getByRole('heading', { level: 2, name: 'web' })).toBeVisible();
}

test('nodes are added and removed by role, as a difference', async ({ director, page }, info) => {
  await openGuestbook(director, page);
  const more = page.getByRole('button', { name: 'One backend more' });
  await more.click();
  await more.click();
  await expect(page.getByText('backend 2 → 4')).toBeVisible();
  await page.screenshot({ path: info.outputPath('scaling.png') });
  await page.getByRole('button', { name: 'Apply', exact: true }).click();
  await expect
    .poll(() => director.calls.find(({ name }) => name === 'add_nodes')?.params)
    .toMatchObject({ service: 'web', nodes: { backend: 2 } });
  await page.getByRole('button', { name: 'One backend less' }).click();
  await page.getByRole('button', { name: 'Apply', exact: true }).click();
  await expect
    .poll(() => director.calls.find(({ name }) => name === 'remove_nodes')?.params)
    .toMatchObject({ service: 'web', nodes: { backend: 1 } });
});

test('a refused change says why and can be tried again', async ({ director, page }) => {
  await openGuestbook(director, page);
  director.fail('add_nodes', {
    code: 'director_unreachable',
    message: 'The change cannot be stored now. Try again in a moment.',
    retry: true,
  });
  await page.getByRole('button', { name: 'One backend more' }).click();
  await page.getByRole('button', { name: 'Apply', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('The change cannot be stored now.');
  director.fail('add_nodes', undefined);
  await page.getByRole('button', { name: 'Retry' }).click();
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('the log of a node is followed, also while the page changes', async ({ director, page }, info) => {
  await openGuestbook(director, page);
  await page.getByRole('button', { name: 'Logs of web-backend-1' }).click();
  const log = page.getByRole('log', { name: 'Log of web-backend-1' });
  await expect.poll(() => director.calls.some(({ name }) => name === 'read_logs')).toBe(true);
  for (let n = 1; n <= 2000; n += 1) director.log(`line ${n}`);
  await expect(log).toContainText('line 2000');
  await page.getByRole('link', { name: 'Activity' }).click();
  director.log('after the page changed');
  await expect(log).toContainText('after the page changed');
  await expect(page.getByText('2,001 lines')).toBeVisible();
  await page.screenshot({ path: info.outputPath('log.png') });
  // Only what is on the screen is in the page.
  expect(await log.locator('.text').count()).toBeLessThan(200);
  await page.getByRole('button', { name: 'Close the log of web-backend-1' }).click();
  await expect(log).toHaveCount(0);
  expect(problemsOf(page)).toEqual([]);
});

test('deleting asks for the name', async ({ director, page }, info) => {
  await openGuestbook(director, page);
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Delete…' }).click();
  const dialog = page.getByRole('dialog');
  const confirm = dialog.getByRole('button', { name: 'Delete' });
  await expect(confirm).toBeDisabled();
  await dialog.getByRole('textbox').fill('guestboo');
  await expect(confirm).toBeDisabled();
  await dialog.getByRole('textbox').fill('guestbook');
  await page.screenshot({ path: info.outputPath('delete.png') });
  await confirm.click();
  await expect(page.getByRole('heading', { level: 1, name: 'Applications' })).toBeVisible();
  expect(director.applications.size).toBe(0);
});

test('a running operation shows its steps and can be cancelled', async ({ director, page }, info) => {
  await openGuestbook(director, page);
  const operation = operationOf({
    title: 'Add 2 backend nodes to web',
    target: { application: 'app-guestbook', service: 'web' },
  });
  director.putOperation(operation);
  await expect(page.getByRole('heading', { name: 'Add 2 backend nodes to web' })).toBeVisible();
  const line = page.getByRole('group', { name: 'Under way: Add 2 backend nodes to web' });
  await expect(line).toContainText('step 2 of 2 · Start what is wanted');
  await line.getByRole('button', { name: 'Steps' }).click();
  await expect(line.getByRole('listitem')).toHaveCount(2);
  await page.screenshot({ path: info.outputPath('under-way.png') });
  await line.getByRole('button', { name: 'Cancel' }).click();
  await expect
    .poll(() => director.calls.find(({ name }) => name === 'cancel_operation')?.params)
    .toEqual({ operation: operation.id });
  director.putOperation({ ...operation, state: 'done', cancellable: false, endedAt: Date.now() });
  await expect(page.getByRole('heading', { name: 'Add 2 backend nodes to web' })).toHaveCount(0);
});
