/** From a manifest to an application: dropped, chosen or pasted; its plan; applied. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { dropFile } from './drop.ts';
import { expect, test } from './fixture.ts';
import { goTo, violations } from './looking.ts';

const manifest = {
  Version: 1,
  Application: 'visitors',
  Description: 'Counts visitors.',
  Services: [{ Type: 'php', ServiceName: 'web', Start: 1 }],
};

test('without applications the ready-made ones are offered', async ({ page }) => {
  const list = page.getByRole('list', { name: 'Ready-made applications' });
  await expect(list.getByRole('listitem')).toHaveCount(3);
  await page.screenshot({ path: test.info().outputPath('empty.png') });
});

test('a manifest dropped on the window shows its plan, and applying it makes the application', async ({
  page,
  director,
}, info) => {
  const file = info.outputPath('visitors.json');
  await writeFile(file, JSON.stringify(manifest));
  await dropFile(page, 'main', file);
  await expect(page.getByRole('list', { name: 'Plan' })).toContainText('Create service web (php)');
  await expect(page.getByText('This is what visitors.json would do. Nothing has happened yet.')).toBeVisible();
  await page.screenshot({ path: info.outputPath('plan.png') });
  expect(director.calls.map(({ name }) => name)).not.toContain('apply_manifest');
  await page.getByRole('button', { name: 'Create' }).click();
  await expect(page.getByRole('status')).toContainText('It runs at http://127.41.0.2');
  await page.screenshot({ path: info.outputPath('applied.png') });
  await page.getByRole('button', { name: 'Show the application' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'visitors' })).toBeVisible();
});

test('however much there is to know before, the plan is in sight', async ({ page, director }, info) => {
  const warnings = Array.from({ length: 30 }, (_, at) => `service-${at + 1} is not started, because its Start is 0.`);
  const change = { action: 'create', service: 'web', text: 'Create service web (php)', fields: [] };
  director.script.answers.set('plan_manifest', {
    ...{ application: 'visitors', exists: false, changes: [change], warnings },
  });
  const file = info.outputPath('visitors.json');
  await writeFile(file, JSON.stringify(manifest));
  await dropFile(page, 'main', file);
  await expect(page.getByRole('list', { name: 'What to know before' }).getByRole('listitem')).toHaveCount(30);
  await expect(page.getByRole('list', { name: 'Plan' })).toBeInViewport({ ratio: 1 });
  expect(await violations(page)).toEqual([]);
  await page.screenshot({ path: info.outputPath('warnings.png') });
});

test('a name of its own goes with the plan and the application', async ({ page, director }, info) => {
  const file = info.outputPath('visitors.json');
  await writeFile(file, JSON.stringify(manifest));
  await dropFile(page, 'main', file);
  await page.getByLabel('Name').fill('second');
  await page.getByLabel('Name').press('Enter');
  await expect(page.getByRole('list', { name: 'Plan' })).toContainText('application second');
  await page.getByRole('button', { name: 'Create' }).click();
  await expect(page.getByRole('status')).toBeVisible();
  expect(director.calls.find(({ name }) => name === 'apply_manifest')?.params).toMatchObject({ name: 'second' });
});

test('a mistake in a manifest is shown with its line and what was meant, and can be mended in the editor', async ({
  page,
}, info) => {
  const file = info.outputPath('mistaken.json');
  await writeFile(file, '{\n  "Aplication": "x",\n  "Services": []\n}');
  await dropFile(page, 'main', file);
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('This manifest cannot be used');
  await alert.getByRole('button', { name: 'Details' }).click();
  await expect(alert).toContainText('line 2');
  await page.screenshot({ path: info.outputPath('mistake.png') });
  await expect(page.getByRole('button', { name: 'Create' })).toBeDisabled();
  await page.getByRole('button', { name: 'Edit it' }).click();
  await expect(page.getByRole('region', { name: 'Problems' })).toContainText('did you mean "Application"');
});

test('a folder alone makes an application with one service, called like it', async ({ page, director }, info) => {
  const folder = info.outputPath('shop-main');
  await mkdir(folder);
  await writeFile(path.join(folder, 'index.php'), '<?php echo 1;');
  await goTo(page, '#/new');
  await dropFile(page, '[aria-label="Drop the code of a PHP application here"]', folder);
  await expect(page.getByRole('list', { name: 'Plan' })).toContainText('application shop');
  await page.screenshot({ path: info.outputPath('folder.png') });
  await page.getByRole('button', { name: 'Create' }).click();
  await expect(page.getByRole('status')).toContainText('It runs');
  expect(director.calls.map(({ name }) => name)).toContain('upload_blob');
  expect(director.calls.find(({ name }) => name === 'apply_manifest')?.params).toMatchObject({
    manifest: { Application: 'shop', Services: [{ Type: 'php', Archive: [{ Name: 'shop-main.tar.gz' }] }] },
  });
});

test('what the director refuses can be tried again', async ({ page, director }, info) => {
  director.fail('apply_manifest', {
    code: 'disk_full',
    message: 'The disk is full. Free some space and try again.',
    retry: true,
  });
  const file = info.outputPath('visitors.json');
  await writeFile(file, JSON.stringify(manifest));
  await dropFile(page, 'main', file);
  await page.getByRole('button', { name: 'Create' }).click();
  await expect(page.getByRole('alert')).toContainText('The disk is full.');
  director.fail('apply_manifest', undefined);
  await page.getByRole('button', { name: 'Retry' }).click();
  await expect(page.getByRole('status')).toContainText('It runs');
});

test('something that is no manifest says what to drop', async ({ page }, info) => {
  const file = info.outputPath('picture.png');
  await writeFile(file, 'x');
  await dropFile(page, 'main', file);
  await expect(page.getByText('Drop a manifest (a .json file) here.')).toBeVisible();
});
