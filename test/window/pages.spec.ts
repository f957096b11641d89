/** Every page, in both themes: without violations of accessibility rules and of the content security policy. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, problemsOf, test } from './fixture.ts';
import { applicationOf, node, operationOf, phpService, type ScriptedDirector } from './scripted/index.ts';

const guestbook = 'app-guestbook';

interface Shown {
  readonly name: string;
  readonly hash: string;
  /** What is on it once it is complete. */
  readonly ready: (page: Page) => Promise<void>;
}

const pages: readonly Shown[] = [
  {
    name: 'applications',
    hash: '#/applications',
    ready: (page) => expect(page.getByRole('link', { name: 'shop' })).toBeVisible(),
  },
  {
    name: 'new application',
    hash: '#/new',
    ready: (page) => expect(page.getByText('guestbook', { exact: false }).first()).toBeVisible(),
  },
  {
    name: 'application',
    hash: `#/applications/${guestbook}`,
    ready: (page) => expect(page.getByText('web-backend-2').first()).toBeVisible(),
  },
  {
    name: 'code of a service',
    hash: `#/applications/${guestbook}/services/web/code`,
    ready: (page) => expect(page.getByText('Faster first page')).toBeVisible(),
  },
  {
    name: 'nodes of a service',
    hash: `#/applications/${guestbook}/services/web`,
    ready: (page) => expect(page.getByText('web-backend-2').first()).toBeVisible(),
  },
  {
    name: 'configuration of a service',
    hash: `#/applications/${guestbook}/services/web/configuration`,
    ready: (page) => expect(page.getByRole('textbox', { name: 'Upload max filesize' })).toBeVisible(),
  },
  {
    name: 'no such application',
    hash: '#/applications/app-gone',
    ready: (page) => expect(page.getByRole('heading', { name: 'No such application' })).toBeVisible(),
  },
  { name: 'activity', hash: '#/activity', ready: (page) => expect(page.getByText('Apply guestbook')).toBeVisible() },
  {
    name: 'settings',
    hash: '#/settings',
    ready: (page) => expect(page.getByRole('heading', { name: 'Data directory' })).toBeVisible(),
  },
  {
    name: 'help',
    hash: '#/help',
    ready: (page) => expect(page.getByRole('heading', { name: 'What runs where?' })).toBeVisible(),
  },
  { name: 'methods', hash: '#/methods', ready: (page) => expect(page.getByText('apply_manifest')).toBeVisible() },
];

function fill(director: ScriptedDirector): void {
  const broken = node('web', 'backend', 2, {
    state: 'failed',
    cause: 'exits at start: Class "Foo" not found',
    restarts: 6,
  });
  const web = phpService({ state: 'degraded', cause: 'backend-2 exits at start' });
  director.put(
    applicationOf({
      name: 'guestbook',
      summary: {
        state: 'degraded',
        cause: 'web-backend-2 exits at start: Class "Foo" not found',
        nodes: { running: 4, wanted: 5 },
      },
      services: [
        { ...web, nodes: [...web.nodes.slice(0, 3), broken] },
        ...applicationOf({ name: 'x' }).services.slice(1),
      ],
    }),
  );
  director.put(applicationOf({ name: 'sudoku', summary: { address: 'http://127.41.0.9' } }));
  director.put(applicationOf({ name: 'shop', summary: { state: 'starting', nodes: { running: 1, wanted: 5 } } }));
  director.put(applicationOf({ name: 'archive', summary: { state: 'stopped', nodes: { running: 0, wanted: 2 } } }));
  director.putOperation(operationOf({ title: 'Apply shop', target: { application: 'app-shop' } }));
  director.putOperation(operationOf({ title: 'Apply guestbook', state: 'done', target: { application: guestbook } }));
  director.putOperation(
    operationOf({
      title: 'Make v3 live',
      kind: 'activate_code_version',
      state: 'failed',
      target: { application: guestbook, service: 'web' },
      failure: {
        code: 'health_check_failed',
        message:
          'The new version does not answer its health check, so v2 is live again. Mend the error and deploy again.',
        log: ['PHP Parse error: syntax error, unexpected token "}" in /code/health.php on line 3'],
      },
    }),
  );
}

for (const theme of ['light', 'dark'] as const) {
  test(`every page is accessible and keeps the policy, ${theme}`, async ({ director, page }, info) => {
    test.slow();
    fill(director);
    await page.evaluate((value) => window.conpaas.setPreferences({ theme: value }), theme);
    await page.reload();
    await page.waitForSelector('nav');
    for (const { name, hash, ready } of pages) {
      await page.evaluate((value) => {
        window.location.hash = value;
      }, hash);
      await ready(page);
      await page.screenshot({ path: info.outputPath(`${name}.png`) });
      const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
      const said = violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
      );
      expect.soft(said, `${name} (${theme})`).toEqual([]);
    }
    expect(problemsOf(page)).toEqual([]);
  });
}

test('the welcome page is accessible and keeps the policy', async ({ firstRun }, info) => {
  await expect(firstRun.getByRole('button', { name: 'Try it on this computer' })).toBeVisible();
  await firstRun.screenshot({ path: info.outputPath('welcome.png') });
  const { violations } = await new AxeBuilder({ page: firstRun }).setLegacyMode(true).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  expect(problemsOf(firstRun)).toEqual([]);
});
