/** The overview of an application: the live picture, what changed since it worked, duplicating it. */
import type { Page } from '@playwright/test';
import { expect, problemsOf, test } from './fixture.ts';
import { goTo, narrow, sized, themed, violations, wide } from './looking.ts';
import { applicationOf, mysqlService, node, operationOf, phpService, type ScriptedDirector } from './scripted/index.ts';

async function openBroken(director: ScriptedDirector, page: Page): Promise<void> {
  const web = phpService({ state: 'degraded', cause: 'web-backend-2 exits at start' });
  const broken = node('web', 'backend', 2, { state: 'failed', cause: 'exits at start: Class "Foo" not found' });
  director.put(
    applicationOf({
      name: 'guestbook',
      summary: { cloud: 'local', state: 'degraded', cause: 'web-backend-2 exits at start', costPerHour: 0.041 },
      services: [{ ...web, nodes: [...web.nodes.slice(0, 3), broken] }, mysqlService()],
    }),
  );
  director.putOperation(
    operationOf({
      title: 'Make v2 of web live',
      kind: 'activate_code_version',
      state: 'done',
      target: { application: 'app-guestbook', service: 'web' },
    }),
  );
  await goTo(page, '#/applications/app-guestbook');
  await expect(page.getByRole('list', { name: 'Services in the picture' }).getByRole('listitem').first()).toBeVisible();
}

for (const theme of ['light', 'dark'] as const) {
  test(`shows who is there, what passes, and what changed, in ${theme}`, async ({ desktop, director, page }, info) => {
    await themed(page, theme);
    await openBroken(director, page);
    const boxes = page.getByRole('list', { name: 'Services in the picture' }).getByRole('listitem');
    await expect(boxes).toHaveCount(2);
    await expect(boxes.first()).toContainText(/web.*php · v2.*Backend.*240\/s/);
    await expect(boxes.first().getByRole('link', { name: 'web-backend-2: failed, exits at start' })).toBeVisible();
    await expect(page.getByTitle('users to web')).toContainText('120/s');
    await expect(page.getByTitle('web to db')).toContainText('6 connections');
    const changed = page.getByRole('region', { name: 'What changed since it worked' });
    await expect(changed).toContainText('when “Make v2 of web live” ended');
    await expect(changed).toContainText('The last change was version 3');
    await expect(page.getByRole('region', { name: 'Cost' })).toContainText('0.041 $/h · 29.9 $/month');
    for (const size of [wide, narrow]) {
      await sized(desktop, page, size);
      await page.screenshot({ path: info.outputPath(`overview-${theme}-${size.width}.png`) });
    }
    expect(await violations(page)).toEqual([]);
    await changed.getByRole('button', { name: 'Return to version 2' }).click();
    await expect
      .poll(() => director.calls.find(({ name }) => name === 'return_to_version')?.params)
      .toEqual({ application: 'app-guestbook', version: 2 });
    await boxes.nth(1).getByRole('link', { name: 'db', exact: true }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'db' })).toBeVisible();
    expect(problemsOf(page)).toEqual([]);
  });
}

test('is duplicated with its secrets copied or given anew; keys lead to deploying and scaling', async ({
  director,
  page,
}, info) => {
  await openBroken(director, page);
  const open = async () => {
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Duplicate…' }).click();
  };
  const own = page.getByRole('heading', { level: 1, name: 'guestbook', exact: true });
  /** From the page of the duplicate, once that is there. */
  const back = async () => {
    await expect(own).toHaveCount(0);
    await page.goBack();
    await expect(own).toBeVisible();
  };
  const asked = () => director.calls.filter(({ name }) => name === 'duplicate_application').map(({ params }) => params);
  await open();
  const dialog = page.getByRole('dialog', { name: 'Duplicate guestbook' });
  await expect(dialog.getByText('they do not leave the director')).toBeVisible();
  await dialog.getByLabel('Name of the new application').fill('twin');
  await page.screenshot({ path: info.outputPath('duplicate.png') });
  await dialog.getByRole('button', { name: 'Duplicate' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'twin' })).toBeVisible();
  expect(asked()).toEqual([
    { application: 'app-guestbook', name: 'twin', copySecrets: ['SMTP_PASSWORD'], secrets: {} },
  ]);
  await back();
  await open();
  await dialog.getByRole('radio', { name: 'Give new values' }).check();
  await expect(dialog.getByRole('button', { name: 'Duplicate' })).toBeDisabled();
  await dialog.getByLabel('SMTP_PASSWORD', { exact: true }).fill('another');
  await dialog.getByRole('button', { name: 'Duplicate' }).click();
  await expect.poll(() => asked().length).toBe(2);
  expect(asked()[1]).toMatchObject({ copySecrets: [], secrets: { SMTP_PASSWORD: 'another' } });
  await back();
  // With several clouds it is asked on which one, and says where this one is.
  const clouds = ['local', 'attic'].map((name) => ({
    name,
    kind: 'local',
    default: name === 'local',
    connected: true,
  }));
  director.script.answers.set('list_clouds', clouds);
  await open();
  await dialog.getByRole('combobox', { name: 'Cloud' }).click();
  await expect(page.getByRole('option', { name: 'local, as this one' })).toBeVisible();
  await page.getByRole('option', { name: 'attic (local)' }).click();
  await page.screenshot({ path: info.outputPath('duplicate-cloud.png') });
  await dialog.getByRole('button', { name: 'Duplicate' }).click();
  await expect.poll(() => asked().length).toBe(3);
  expect(asked()[2]).toMatchObject({ cloud: 'attic' });
  await back();
  await page.keyboard.press('d');
  await expect(page.getByRole('tab', { name: 'Code', selected: true })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1, name: 'guestbook' })).toBeVisible();
  await page.keyboard.press('s');
  await expect(page.getByRole('tab', { name: 'Nodes', selected: true })).toBeVisible();
});

test('an application without services is not called well: it says that it is empty, and where one is added', async ({
  director,
  page,
}, info) => {
  const nodes = { running: 0, wanted: 0 };
  director.put(
    applicationOf({
      name: 'blog',
      services: [],
      summary: { address: undefined, costPerHour: 0, cloud: 'local', nodes },
    }),
  );
  const health = page.getByRole('status', { name: 'Health' });
  await expect(health).toHaveText('Nothing runs: 1 application is empty.');
  await goTo(page, '#/applications/app-blog');
  await expect(health).toHaveText('Nothing runs: it has no nodes.');
  await expect(page.getByRole('region', { name: 'Cost' })).toContainText('free');
  await page.screenshot({ path: info.outputPath('empty.png') });
  await page.getByRole('link', { name: 'its manifest' }).click();
  await expect(page.getByRole('tab', { name: 'Manifest' })).toHaveAttribute('aria-selected', 'true');
  expect(problemsOf(page)).toEqual([]);
});
