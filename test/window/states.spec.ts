/**
 * Every page in each of its states: all well, nothing there yet, failing, busy; and all of them while the director talks
 * nonsense, is newer, or is gone. Screenshots of each, light and dark, stand beside the report. On each page: axe finds
 * nothing in either theme, no policy is violated, nothing scrolls sideways, and the page says what is going on.
 */
import type { Page, TestInfo } from '@playwright/test';
import { expect, problemsOf, test } from './fixture.ts';
import { accessible, goTo, narrow, settled, shoot, sideways, sized, twice, wide } from './looking.ts';
import { applicationOf, node, operationOf, phpService } from './scripted/index.ts';
import { fill } from './states/filled.ts';
import { pages, reads, type ShownPage } from './states/pages.ts';

test.describe.configure({ timeout: 300_000 });

interface Walk {
  readonly page: Page;
  readonly info: TestInfo;
  readonly state: string;
  readonly shown: readonly ShownPage[];
  readonly expected: (page: Page, shown: ShownPage) => Promise<void>;
}

/** Looks at each page in one state, in both themes. */
async function walk({ page, info, state, shown, expected }: Walk): Promise<void> {
  for (const one of shown) {
    await goTo(page, one.hash);
    await expected(page, one);
    await shoot(page, info, `${state} ${one.name}`);
    await accessible(page, `${one.name}, ${state}`);
    expect.soft(await sideways(page), `${one.name}, ${state}, scrolls sideways`).toBeLessThanOrEqual(0);
  }
}

async function ready(page: Page, { name, happy }: ShownPage): Promise<void> {
  await expect(page.locator('main').getByText(happy).filter({ visible: true }).first(), name).toBeVisible();
  await settled(page);
}

test('all well: each page', async ({ director, page, desktop }, info) => {
  await fill(director);
  await sized(desktop, page, wide);
  await walk({ page, info, state: 'well', shown: pages, expected: ready });
  expect(problemsOf(page)).toEqual([]);
});

test('all well, with a menu, a dialog, the palette and a node open, and in every size', async ({
  director,
  page,
  desktop,
}, info) => {
  await fill(director);
  await sized(desktop, page, wide);
  await goTo(page, '#/applications/app-guestbook');
  await expect(page.getByText('web-backend-2').first()).toBeVisible();
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await expect(page.getByRole('menu')).toBeVisible();
  await shoot(page, info, 'well, a menu');
  await accessible(page, 'a menu');
  await page.getByRole('menuitem', { name: 'Delete…' }).click();
  await expect(page.getByRole('dialog', { name: 'Delete guestbook?' })).toBeVisible();
  await shoot(page, info, 'well, a dialog');
  await accessible(page, 'a dialog');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('backend-2');
  await expect(page.getByRole('option', { name: 'Node web-backend-2 of guestbook' })).toBeAttached();
  await shoot(page, info, 'well, the palette');
  await accessible(page, 'the palette');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);

  await goTo(page, '#/applications/app-guestbook/services/web');
  await page.getByRole('button', { name: 'web-backend-2', exact: true }).click();
  await expect(page.getByRole('dialog', { name: 'Node web-backend-2' })).toBeVisible();
  await shoot(page, info, 'well, a node');
  await accessible(page, 'a node');

  for (const [label, size] of Object.entries({ twice, narrow })) {
    await sized(desktop, page, size);
    for (const one of pages) {
      await goTo(page, one.hash);
      await ready(page, one);
      await page.screenshot({ path: info.outputPath(`${label} ${one.name}.png`), animations: 'disabled' });
      expect.soft(await sideways(page), `${one.name}, ${label}, scrolls sideways`).toBeLessThanOrEqual(0);
    }
  }
  expect(problemsOf(page)).toEqual([]);
});

test('nothing there yet: each page says so, and what to do', async ({ director, page, desktop }, info) => {
  await sized(desktop, page, wide);
  const first = pages.filter(({ empty, hash }) => empty !== undefined && !hash.includes('app-guestbook'));
  for (const name of ['list_machines', 'list_offers', 'list_quotas', 'list_volumes']) {
    director.script.answers.set(name, name === 'list_machines' ? { machines: [], failures: [] } : []);
  }
  director.script.answers.set('list_clouds', []);
  const expected = async (_page: Page, { name, empty = '' }: ShownPage) => {
    await expect(page.locator('main').getByText(empty).filter({ visible: true }).first(), name).toBeVisible();
    await settled(page);
  };
  await walk({ page, info, state: 'empty', shown: first, expected });

  // An application without anything: its pages.
  const { code: _code, ...service } = phpService({ running: false, state: 'stopped' });
  director.put(
    applicationOf({
      name: 'guestbook',
      services: [{ ...service, nodes: [], configuration: {}, environment: {}, secrets: [], code: { versions: [] } }],
      summary: {
        state: 'stopped',
        nodes: { running: 0, wanted: 0 },
        services: [{ name: 'web', type: 'php', state: 'stopped' }],
      },
    }),
  );
  for (const name of ['list_history', 'list_figures', 'list_secrets']) director.script.answers.set(name, []);
  const own = pages.filter(({ empty, hash }) => empty !== undefined && hash.includes('app-guestbook'));
  await walk({ page, info, state: 'empty', shown: own, expected });
  expect(problemsOf(page)).toEqual([]);
});

test('what cannot be read is said where it would stand, with a way to try again', async ({
  director,
  page,
  desktop,
}, info) => {
  await fill(director);
  await sized(desktop, page, wide);
  await expect(page.getByRole('link', { name: 'sudoku' })).toBeVisible();
  const failure = {
    code: 'disk_full',
    message: 'The disk of the director is full. Free some space there, then try again.',
    log: ['SQLITE_FULL: database or disk is full', 'write /var/lib/conpaas/director.db: no space left on device'],
  } as const;
  for (const name of reads) director.fail(name, failure);
  await walk({
    page,
    info,
    state: 'failing',
    shown: pages.filter(({ loads }) => loads),
    expected: async (_page, { name }) => {
      const said = page.locator('main').getByText('The disk of the director is full').filter({ visible: true });
      await expect(said.first(), name).toBeVisible();
      await expect(
        page
          .locator('main')
          .getByRole('button', { name: /^(Retry|Try again)$/ })
          .first(),
        name,
      ).toBeEnabled();
    },
  });
  // Its last lines, and trying again once it works.
  await goTo(page, '#/clouds/machines');
  await page.getByRole('button', { name: 'Details' }).first().click();
  await expect(page.getByText('no space left on device')).toBeVisible();
  for (const name of reads) director.fail(name, undefined);
  await page.getByRole('button', { name: 'Retry' }).first().click();
  await expect(page.getByText('vm-lost')).toBeVisible();
  expect(problemsOf(page)).toEqual([]);
});

test('a slow director: each page shows that it waits, and what runs; what comes late is shown', async ({
  director,
  page,
  desktop,
}, info) => {
  await fill(director);
  const { services } = applicationOf({ name: 'guestbook' });
  director.put(
    applicationOf({
      name: 'guestbook',
      summary: { state: 'starting', cause: 'installing nginx', nodes: { running: 3, wanted: 5 } },
      services: services.map((one) => ({
        ...one,
        state: 'starting',
        nodes: [node(one.name, 'backend', 1, { state: 'starting' })],
      })),
    }),
  );
  director.putOperation(operationOf({ title: 'Apply guestbook again', target: { application: 'app-guestbook' } }));
  await sized(desktop, page, wide);
  await expect(page.getByRole('link', { name: 'sudoku' })).toBeVisible();
  const release = director.hold(reads);
  await walk({
    page,
    info,
    state: 'busy',
    shown: pages.filter(({ loads }) => loads),
    expected: (_page, { name }) =>
      expect(page.locator('main .MuiSkeleton-root').filter({ visible: true }).first(), name).toBeVisible(),
  });
  await goTo(page, '#/clouds/machines');
  await expect(page.locator('main .MuiSkeleton-root').first()).toBeVisible();
  release();
  await expect(page.getByText('vm-lost')).toBeVisible();
  expect(problemsOf(page)).toEqual([]);
});

test('a director that is newer, talks nonsense, or is gone: the window stays usable and says so', async ({
  director,
  page,
  desktop,
}, info) => {
  await fill(director);
  await sized(desktop, page, wide);

  // Newer: it tells more than this window knows.
  const more = (answer: unknown): unknown =>
    Array.isArray(answer)
      ? answer.map(more)
      : answer && typeof answer === 'object'
        ? { ...answer, mood: 'new' }
        : answer;
  director.spoil([...reads, 'hello', 'list_applications', 'list_operations'], more);
  for (const hash of ['#/clouds/machines', '#/applications/app-guestbook', '#/activity/audit', '#/applications']) {
    const shown = pages.find((one) => one.hash === hash);
    if (!shown) throw new Error(`no page ${hash}`);
    await goTo(page, hash);
    await ready(page, shown);
  }

  // Nonsense: what has no sense is not shown, and the page says that it is not.
  director.spoil(reads, () => ({ nonsense: true }));
  await walk({
    page,
    info,
    state: 'nonsense',
    shown: pages.filter(({ name }) => ['machines', 'certificates', 'history'].includes(name)),
    expected: async (_page, { name }) => {
      await expect(page.locator('main').getByRole('alert').filter({ visible: true }).first(), name).toBeVisible();
      await expect(page.locator('main').getByRole('button', { name: 'Retry' }).first(), name).toBeEnabled();
      await expect(page.locator('main').getByRole('alert').first(), name).not.toContainText('invalid_type');
    },
  });
  director.script.spoilt.clear();

  // Gone: since when, and that it is tried again; what was typed stays, what is known is shown as old.
  await goTo(page, '#/applications');
  await page.getByRole('searchbox', { name: 'Search applications' }).fill('o');
  await director.die();
  await expect(page.getByText('The director does not answer.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Retry now' })).toBeVisible();
  await expect(page.getByRole('searchbox', { name: 'Search applications' })).toHaveValue('o');
  await page.getByRole('searchbox', { name: 'Search applications' }).fill('');
  await walk({
    page,
    info,
    state: 'gone',
    shown: pages.filter(({ name }) => !['no such application'].includes(name)),
    expected: async (_page, { name }) => {
      await expect(page.locator('main h1'), name).toBeVisible();
      await expect(page.locator('main .MuiSkeleton-root'), name).toHaveCount(0);
      await expect(page.getByRole('button', { name: 'Retry now' }), name).toBeVisible();
    },
  });
  expect(problemsOf(page)).toEqual([]);
});

test('a new user', async ({ firstRun }, info) => {
  await expect(firstRun.getByRole('button', { name: 'Try it on this computer' })).toBeVisible();
  await shoot(firstRun, info, 'welcome');
  await accessible(firstRun, 'welcome');
  expect(problemsOf(firstRun)).toEqual([]);
});
