/** The drop sheet: what goes and what does not, the difference, one Enter, and its end, good or bad. */
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from '@playwright/test';
import type { ApplicationInfo, NodeInfo } from '../../remote/core/contract/application.ts';
import { dropFile } from './drop.ts';
import { expect, problemsOf, test } from './fixture.ts';
import { goTo, violations } from './looking.ts';
import { applicationOf, phpService, type ScriptedDirector } from './scripted/index.ts';

async function openService(director: ScriptedDirector, page: Page): Promise<void> {
  director.put(applicationOf({ name: 'guestbook' }));
  await goTo(page, '#/applications/app-guestbook/services/web/nodes');
  await expect(page.getByRole('heading', { level: 1, name: 'web' })).toBeVisible();
}

async function folder(root: string, files: Readonly<Record<string, string>>): Promise<string> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, name)), { recursive: true });
    await writeFile(path.join(root, name), content);
  }
  return root;
}

const called = (director: ScriptedDirector, method: string) =>
  director.calls.filter(({ name }) => name === method).map(({ params }) => params);

test('a folder dropped anywhere: what stays at home is listed and can be taken along; one Enter deploys', async ({
  director,
  page,
}, info) => {
  await openService(director, page);
  const site = await folder(info.outputPath('guestbook'), {
    'index.php': '<?php echo 1;',
    'composer.lock': '{}',
    '.gitignore': 'vendor/\n*.log\n',
    'vendor/autoload.php': '<?php'.repeat(4000),
    'debug.log': 'x',
    '.env': 'SECRET=1',
    '.git/HEAD': 'ref',
  });
  // On the free space below the nodes.
  await dropFile(page, '[data-drop="code"]', site);
  const sheet = page.getByRole('dialog', { name: 'Deploy guestbook/' });
  await expect(sheet).toContainText('3 files');
  const left = sheet.getByRole('region', { name: 'Left out' });
  await expect(left.getByRole('listitem').filter({ hasText: 'vendor/' })).toContainText(
    '20.0 kB · 1 file · by .gitignore',
  );
  await expect(left.getByRole('listitem').filter({ hasText: '.env' })).toContainText('never by itself');
  await expect(sheet.getByRole('alert')).toContainText('composer.lock is there, but vendor/ is not');
  await expect(sheet).toContainText('Difference to v2: 3 changed, 1 new');
  await page.screenshot({ path: info.outputPath('sheet.png') });
  expect(await violations(page)).toEqual([]);

  await sheet.getByRole('button', { name: 'Include vendor' }).click();
  await expect(sheet).toContainText('4 files');
  await expect(sheet.getByRole('alert')).toHaveCount(0);
  await expect
    .poll(() => {
      const { files } = called(director, 'compare_files').at(-1) as { files: [string, string][] };
      return files.map(([name]) => name).sort();
    })
    .toEqual(['.gitignore', 'composer.lock', 'index.php', 'vendor/autoload.php']);
  await expect(sheet.getByRole('button', { name: 'Deploy' })).toBeEnabled();
  await sheet.getByLabel('What is new (optional)').fill('Shorter form');
  await page.keyboard.press('Enter');
  await expect(sheet.getByRole('status')).toContainText('live (');
  await page.screenshot({ path: info.outputPath('live.png') });
  expect(called(director, 'upload_code_version')).toMatchObject([
    { service: 'web', description: 'Shorter form', activate: true },
  ]);
  await sheet.getByRole('button', { name: 'Roll back to v2' }).click();
  await expect.poll(() => called(director, 'rollback_code_version')).toEqual([{ service: 'web' }]);
  expect(problemsOf(page)).toEqual([]);
});

test('a version that fails its check went back, and the sheet says why in the words of the engine', async ({
  director,
  page,
}, info) => {
  await openService(director, page);
  director.fail('activate', {
    code: 'health_check_failed',
    message: 'web went back to v2: web-backend-1: /health answers 500.',
    log: ['PHP Parse error: syntax error in health.php on line 3'],
  });
  await dropFile(page, '[data-drop="code"]', await folder(info.outputPath('site'), { 'index.php': '<?php echo 1;' }));
  const sheet = page.getByRole('dialog', { name: 'Deploy site/' });
  await sheet.getByRole('button', { name: 'Deploy' }).click();
  await expect(sheet.getByRole('status')).toContainText('went back to v2');
  await expect(sheet.getByLabel('Last lines of the engine')).toContainText('health.php on line 3');
  await page.screenshot({ path: info.outputPath('went-back.png') });
  // The sheet outlives the page it was opened on.
  await goTo(page, '#/activity');
  await expect(sheet.getByRole('status')).toContainText('went back to v2');
  await sheet.getByRole('button', { name: 'Close' }).click();
  await expect(sheet).toHaveCount(0);
});

test('while a version is made live the sheet says which node has it and which not', async ({
  director,
  page,
}, info) => {
  await openService(director, page);
  director.script.answers.set('activate', 'runs');
  await dropFile(page, '[data-drop="code"]', await folder(info.outputPath('site'), { 'index.php': '<?php echo 1;' }));
  const sheet = page.getByRole('dialog', { name: 'Deploy site/' });
  await sheet.getByRole('button', { name: 'Deploy' }).click();
  await expect(sheet.getByRole('status')).toContainText('Start what is wanted');
  const switching = (of: Readonly<Record<string, NodeInfo['switch']>>): ApplicationInfo => {
    const service = phpService();
    const nodes = service.nodes.map((node) => (of[node.id] ? { ...node, switch: of[node.id] } : node));
    return applicationOf({ name: 'guestbook', services: [{ ...service, nodes }] });
  };
  director.put(switching({ 'web-backend-1': 'under_way', 'web-backend-2': 'waiting' }));
  const nodes = sheet.getByRole('list', { name: 'Nodes that get v3' });
  await expect(nodes.getByRole('listitem')).toHaveText([/web-backend-1.*checks v3/, /web-backend-2.*has v2/]);
  director.put(switching({ 'web-backend-1': 'done', 'web-backend-2': 'under_way' }));
  await expect(nodes.getByRole('listitem')).toHaveText([/web-backend-1.*serves v3/, /web-backend-2.*checks v3/]);
  await page.screenshot({ path: info.outputPath('switching.png') });
  expect(await violations(page)).toEqual([]);
  const operation = [...director.script.operations.values()].find(({ kind }) => kind === 'activate_code_version');
  if (!operation) throw new Error('nothing was activated');
  director.putOperation({ ...operation, state: 'done', cancellable: false, endedAt: Date.now() });
  await expect(sheet.getByRole('status')).toContainText('live');
  await expect(nodes).toHaveCount(0);
});

test('upload only; another service; what is no archive is refused before it is sent', async ({
  director,
  page,
}, info) => {
  director.put(applicationOf({ name: 'guestbook', services: [phpService(), phpService({ name: 'shop' })] }));
  await goTo(page, '#/applications/app-guestbook/services/web/nodes');
  await expect(page.getByRole('heading', { level: 1, name: 'web' })).toBeVisible();
  const broken = info.outputPath('broken.zip');
  await writeFile(broken, 'this is no archive');
  await dropFile(page, '[data-drop="code"]', broken);
  await expect(page.getByRole('alert')).toContainText('It cannot be deployed');
  await expect(page.getByRole('button', { name: 'Deploy ⏎' })).toBeDisabled();
  await page.getByRole('button', { name: 'Cancel' }).click();

  const site = await folder(info.outputPath('site'), { 'index.php': '<?php echo 1;' });
  await symlink('/etc/passwd', path.join(site, 'leak'));
  await dropFile(page, '[data-drop="code"]', site);
  const sheet = page.getByRole('dialog', { name: 'Deploy site/' });
  await sheet.getByLabel('Service').click();
  await page.getByRole('option', { name: /shop/ }).click();
  await sheet.getByLabel('Upload only').check();
  await sheet.getByRole('button', { name: 'Upload' }).click();
  await expect(sheet.getByRole('alert')).toContainText('It was not uploaded');
  await expect(sheet.getByRole('alert')).toContainText('leak');
  expect(called(director, 'upload_code_version')).toEqual([]);
});
