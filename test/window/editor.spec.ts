/** The manifest editor: text, form and picture of one manifest, its plan, and what is never lost. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ElectronApplication, Page } from '@playwright/test';
import { choose } from './choose.ts';
import { dropFile } from './drop.ts';
import { expect, problemsOf, test } from './fixture.ts';
import { goTo, themed, violations } from './looking.ts';
import { applicationOf } from './scripted/index.ts';
import { manifestOf } from './scripted/manifests.ts';

const textOf = (page: Page) => page.getByRole('textbox', { name: 'Text of the manifest' });
const formOf = (page: Page) => page.getByRole('region', { name: 'Form of the manifest' });
const problems = (page: Page) => page.getByRole('region', { name: 'Problems' });

async function openNew(page: Page): Promise<void> {
  await goTo(page, '#/editor');
  await page.getByRole('button', { name: 'New manifest' }).click();
  await expect(textOf(page)).toContainText('My application');
}

/** Everything in the text is replaced by typing, as a person does; brackets close themselves, so it is inserted whole. */
async function write(page: Page, text: string): Promise<void> {
  await textOf(page).click();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.insertText(text);
}

async function wholeText(page: Page): Promise<string> {
  return textOf(page).evaluate((element) =>
    [...element.querySelectorAll('.cm-line')].map((line) => line.textContent ?? '').join('\n'),
  );
}

test('a mistake is seen while it is typed, proposals and explanations come from the schema', async ({ page }, info) => {
  await openNew(page);
  await expect(problems(page)).toContainText('No problems');
  await write(
    page,
    '{\n  "Aplication": "x",\n  "Services": [{ "Type": "php", "StartupInstances": { "bakend": 1 } }]\n}',
  );
  // The hub's own checker says what was meant.
  await expect(problems(page)).toContainText('did you mean "Application"');
  await expect(problems(page)).toContainText('did you mean "backend"');
  await page.screenshot({ path: info.outputPath('problems.png') });
  await problems(page)
    .getByRole('button', { name: /line 3/ })
    .click();
  await expect(textOf(page)).toBeFocused();
  await page.keyboard.insertText('"backend"');
  await expect(problems(page)).not.toContainText('bakend');

  await write(page, '{ "Application": "x", "Services": [{ "Type":  }] }');
  for (let count = 0; count < 5; count++) await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Control+Space');
  await expect(page.getByRole('option', { name: /php/ })).toBeVisible();
  await page.screenshot({ path: info.outputPath('completion.png') });
  await page.getByRole('option', { name: /php/ }).click();
  await expect(textOf(page)).toContainText('"Type": "php"');
  await expect(problems(page)).toContainText('No problems');

  await textOf(page).getByText('"Application"').hover();
  await expect(page.locator('.cm-explanation')).toContainText('Name of the application');
  expect(problemsOf(page)).toEqual([]);
});

test('the form changes the text as little as can be, one undo takes it back; broken text makes it read-only', async ({
  page,
}, info) => {
  await openNew(page);
  await write(page, '{\n    "Application":   "x",\n    "Services": [ { "Type": "php", "ServiceName": "web" } ]\n}');
  const before = await wholeText(page);
  await formOf(page).getByLabel('Application').fill('shop');
  await expect.poll(() => wholeText(page)).toBe(before.replace('"x"', '"shop"'));
  await formOf(page).getByRole('button', { name: 'Add MySQL' }).click();
  await formOf(page).getByRole('checkbox', { name: 'mysql' }).check();
  await expect(textOf(page)).toContainText('"Needs": ["mysql"]');
  await expect(textOf(page)).toContainText('{ "Type": "php", "ServiceName": "web"');
  await page.screenshot({ path: info.outputPath('form.png') });

  // One history: what the form did is undone in the text, step by step, and then the typing before it.
  await textOf(page).click();
  await page.keyboard.press('ControlOrMeta+Z');
  await expect(textOf(page)).not.toContainText('Needs');
  await page.keyboard.press('ControlOrMeta+Z');
  await expect(textOf(page)).not.toContainText('mysql');
  await page.keyboard.press('ControlOrMeta+Z');
  await expect.poll(() => wholeText(page)).toBe(before);
  await expect(formOf(page).getByLabel('Application')).toHaveValue('x');

  await write(page, '{ "Application": "broken"');
  await expect(formOf(page).getByRole('status')).toContainText('cannot be read now');
  await expect(formOf(page).getByLabel('Application')).toHaveValue('x');
  await expect(formOf(page).getByLabel('Application')).not.toBeEditable();
  await page.screenshot({ path: info.outputPath('broken.png') });
  await page.keyboard.press('ControlOrMeta+Z');
  await expect(formOf(page).getByLabel('Application')).toBeEditable();
});

/** Kills the process of the page, as a crash does, and waits until the page was loaded again. */
async function crash(desktop: ElectronApplication): Promise<void> {
  await desktop.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows();
    const { promise, resolve } = Promise.withResolvers<void>();
    window?.webContents.once('did-finish-load', () => resolve());
    window?.webContents.forcefullyCrashRenderer();
    return promise;
  });
}

/** Ends the process that keeps the drafts; the program starts another. */
async function killHub(desktop: ElectronApplication): Promise<void> {
  const pid = await desktop.evaluate(
    ({ app }) => app.getAppMetrics().find(({ name, serviceName }) => [name, serviceName].includes('ConPaaS hub'))?.pid,
  );
  if (pid === undefined) throw new Error('there is no hub');
  process.kill(pid, 'SIGKILL');
}

/** Playwright gives a page up that has crashed once; the program itself can still ask it. */
function inPage(desktop: ElectronApplication, expression: string): Promise<string> {
  return desktop.evaluate(
    ({ BrowserWindow }, code) => BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(code),
    expression,
  );
}

test('what was typed survives navigation, a reload, a lost director, the end of the hub and a crash, sealed on disk', async ({
  page,
  desktop,
  director,
}) => {
  await openNew(page);
  await write(page, '{ "Application": "half a thou');
  await goTo(page, '#/applications');
  await expect(page.getByRole('heading', { level: 1, name: 'Applications' })).toBeVisible();
  await page.goBack();
  await expect(textOf(page)).toContainText('half a thou');
  await page.keyboard.press('Control+End');
  await page.reload();
  await expect(textOf(page)).toContainText('half a thou');
  await expect(page.getByText('This is what you had typed')).toBeVisible();

  await textOf(page).click();
  await page.keyboard.press('Control+End');
  await page.keyboard.insertText('ght, kept');
  const drafts = path.join(director.dataDirectory, 'drafts');
  await expect(page.getByText('changed, kept as a draft')).toBeVisible();
  // Kept a moment after the last character: a crash before that moment would lose it.
  const kept = () => expect(page.locator('[data-kept="true"]')).toBeVisible({ timeout: 20_000 });
  await kept();
  const files = await readdir(drafts);
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) expect(await readFile(path.join(drafts, file), 'latin1')).not.toContain('half a thou');

  // Neither the director nor the hub has to be there: what is typed meanwhile goes to the next hub.
  await director.stop();
  await killHub(desktop);
  await page.keyboard.insertText(', twice');
  // Where the director cannot be started again, its failure stands in front of the page.
  await expect(page.locator('[data-kept="true"]')).toBeAttached({ timeout: 20_000 });

  await crash(desktop);
  await expect
    .poll(() => inPage(desktop, "document.querySelector('.cm-content')?.textContent ?? ''"))
    .toContain('half a thought, kept, twice');
  expect(await inPage(desktop, 'document.body.textContent')).toContain('This is what you had typed');
});

test('ready-made manifests, files and a new one are in the palette', async ({ page }) => {
  await expect(page.getByRole('list', { name: 'Ready-made applications' })).toContainText('Guestbook');
  await page.keyboard.press('ControlOrMeta+K');
  await page.getByRole('combobox', { name: 'Find and do' }).fill('manifest guestbook');
  await page.getByRole('option', { name: /ready-made manifest Guestbook/ }).click();
  await expect(textOf(page)).toContainText('"Application": "Guestbook"');
  await page.keyboard.press('ControlOrMeta+K');
  await expect(page.getByRole('option', { name: /Open a manifest/ })).toHaveCount(1);
  await expect(page.getByRole('option', { name: /Plan the manifest/ })).toHaveCount(1);
});

test('a discarded draft can be taken back', async ({ page }) => {
  await openNew(page);
  await write(page, '{ "Application": "again" }');
  await goTo(page, '#/editor');
  await page.getByRole('button', { name: 'Discard New manifest' }).click();
  await expect(page.getByRole('list', { name: 'Drafts' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await page
    .getByRole('list', { name: 'Drafts' })
    .getByRole('button', { name: /^New manifest/ })
    .click();
  await expect(textOf(page)).toContainText('"again"');
});

test('an application that was changed meanwhile: the text is kept, and each difference is decided', async ({
  page,
  director,
}, info) => {
  const guestbook = applicationOf({ name: 'guestbook' });
  director.put(guestbook);
  await goTo(page, '#/applications/app-guestbook/manifest');
  await expect(textOf(page)).toContainText('"ServiceName": "web"');
  await formOf(page).getByLabel('Description').fill('Mine');
  await expect(textOf(page)).toContainText('"Description": "Mine"');

  const changed = manifestOf('guestbook');
  const [web, db] = changed['Services'] as Record<string, unknown>[];
  director.script.manifests.set('app-guestbook', {
    ...changed,
    Services: [
      { ...web, StartupInstances: { backend: 5 } },
      { ...db, Start: 0 },
    ],
  });
  director.script.done('set_configuration', 'Somebody changes it', { application: 'app-guestbook' });
  await expect(page.getByText('The application was changed meanwhile')).toBeVisible();
  await expect(textOf(page)).toContainText('"Description": "Mine"');
  await page.getByRole('button', { name: 'Show the difference' }).click();
  await expect(page.getByText('3 of 3 differences left')).toBeVisible();
  await page.screenshot({ path: info.outputPath('difference.png') });
  await page.getByRole('button', { name: 'Keep mine' }).first().click();
  await expect(page.getByText('2 of 3 differences left')).toBeVisible();
  await page.getByRole('button', { name: 'Take theirs' }).first().click();
  await expect(textOf(page)).toContainText('"backend": 5');
  await page.getByRole('button', { name: 'Keep all of mine' }).click();
  await expect(page.getByText('differences left')).toHaveCount(0);
  await expect(textOf(page)).toContainText('"Description": "Mine"');
});

test('plan and apply, by keyboard; what the director refuses stands at its line', async ({ page, director }, info) => {
  await openNew(page);
  await write(page, '{\n  "Application": "visitors",\n  "Services": [{ "Type": "php", "ServiceName": "web" }]\n}');
  director.fail('plan_manifest', {
    code: 'invalid_request',
    message: 'The cloud "moon" is not known.',
    places: [{ path: '$.Services[0].ServiceName', message: 'This cloud is not known' }],
  });
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(page.getByRole('alert')).toContainText('There is no plan');
  await expect(problems(page)).toContainText('line 3');
  await expect(problems(page)).toContainText('This cloud is not known');
  director.fail('plan_manifest', undefined);
  await page.getByRole('button', { name: 'Retry' }).click();
  await expect(page.getByRole('list', { name: 'Plan' })).toContainText('Create service web (php)');
  await expect(page.getByText('Cost: +0.041 $/h, +29.9 $/month · 2 machines more · prices of')).toBeVisible();
  expect(director.calls.map(({ name }) => name)).not.toContain('apply_manifest');
  await page.screenshot({ path: info.outputPath('plan.png') });
  await textOf(page).click();
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(page.getByText('Applied. It runs at')).toBeVisible();
  await page.screenshot({ path: info.outputPath('applied.png') });
  expect(director.calls.find(({ name }) => name === 'apply_manifest')?.params).toMatchObject({
    manifest: { Application: 'visitors' },
  });
  await expect(page.getByText('changed, kept as a draft')).toHaveCount(0);
});

test('a file is opened, saved, and not overwritten when another program has changed it', async ({
  page,
  desktop,
}, info) => {
  const file = info.outputPath('shop.conpaas');
  await writeFile(file, '{\n  "Application": "shop"\n}\n');
  await goTo(page, '#/editor');
  await dropFile(page, '[aria-label="Drop a manifest here"]', file);
  await expect(textOf(page)).toContainText('"shop"');
  await formOf(page).getByLabel('Application').fill('shop two');
  await page.keyboard.press('ControlOrMeta+S');
  await expect(page.getByText('Saved to shop.conpaas.')).toBeVisible();
  expect(await readFile(file, 'utf8')).toBe('{\n  "Application": "shop two"\n}\n');

  await formOf(page).getByLabel('Application').fill('shop three');
  await writeFile(file, '{\n  "Application": "by another program"\n}\n');
  await page.keyboard.press('ControlOrMeta+S');
  await expect(page.getByText('changed by another program')).toBeVisible();
  await expect(page.getByText('The file was changed meanwhile')).toBeVisible();
  expect(await readFile(file, 'utf8')).toContain('by another program');
  await page.getByRole('button', { name: 'Retry' }).click();
  await expect.poll(() => readFile(file, 'utf8')).toContain('shop three');

  const other = info.outputPath('copy.json');
  await choose(desktop, other);
  await openNew(page);
  await page.getByRole('button', { name: 'Save to a file…' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'copy.json' })).toBeVisible();
  expect(await readFile(other, 'utf8')).toContain('My application');
  await goTo(page, '#/editor');
  const recent = page.getByRole('list', { name: 'Recent files' });
  await expect(recent.getByRole('listitem')).toHaveCount(2);
  await page.screenshot({ path: info.outputPath('start.png') });
  await recent.getByRole('button', { name: /shop.conpaas/ }).click();
  await expect(textOf(page)).toContainText('shop three');
});

for (const theme of ['light', 'dark'] as const) {
  test(`the editor is accessible and keeps the policy, ${theme}`, async ({ page, director }, info) => {
    test.slow();
    director.put(applicationOf({ name: 'guestbook' }));
    await themed(page, theme);
    const look = async (name: string): Promise<void> => {
      await page.screenshot({ path: info.outputPath(`${name}.png`) });
      expect.soft(await violations(page), `${name} (${theme})`).toEqual([]);
    };
    await goTo(page, '#/editor');
    await expect(page.getByRole('list', { name: 'Ready-made' })).toContainText('Guestbook');
    await look('start');
    await page.getByRole('button', { name: /Guestbook/ }).click();
    await expect(problems(page)).toContainText('No problems');
    await look('form');
    await page.getByRole('button', { name: 'Picture' }).click();
    const picture = page.getByRole('region', { name: 'Picture of the manifest' });
    await expect(picture.getByRole('listitem')).toHaveCount(2);
    await expect(picture.getByRole('button', { name: /guestbook.*needs db/ })).toBeVisible();
    await look('picture');
    await picture.getByRole('button', { name: /^db/ }).click();
    await expect(textOf(page)).toBeFocused();
    await page.keyboard.press('ControlOrMeta+F');
    await expect(page.getByRole('textbox', { name: 'Find' })).toBeFocused();
    await look('search');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Plan', exact: true }).first().click();
    await look('no plan');
    await goTo(page, '#/applications/app-guestbook/manifest');
    await expect(textOf(page)).toContainText('"ServiceName": "web"');
    await look('tab');

    // The way out by keyboard.
    await textOf(page).click();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    await expect(textOf(page)).not.toBeFocused();
    expect(problemsOf(page)).toEqual([]);
  });
}
