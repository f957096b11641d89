/** The list of applications: what needs the user, keyboard, filters, several at once, thousands of them. */
import type { Page } from '@playwright/test';
import type { ApplicationSummary } from '../../remote/core/contract/application.ts';
import { expect, openDesktop, problemsOf, test, watched } from './fixture.ts';
import { narrow, sideways, sized, themed, twice, violations, wide } from './looking.ts';
import { applicationOf, operationOf, type ScriptedDirector } from './scripted/index.ts';

const grid = (page: Page) => page.getByRole('grid', { name: 'Applications' });
const row = (page: Page, name: string) => grid(page).getByRole('row').filter({ hasText: name });
const names = (page: Page) => grid(page).locator('a.name').allTextContents();

const load = [3, 8, 2, 9, 40, 66, 12, 30, 31, 28, 55, 70, 81, 60, 62];

function fill(director: ScriptedDirector): void {
  const put = (name: string, summary: Partial<ApplicationSummary> = {}) =>
    director.put(applicationOf({ name, summary: { cloud: 'local', costPerHour: 0, load, ...summary } }));
  put('guestbook', {
    state: 'degraded',
    cause: 'web-backend-2 exits at start: "Class Foo not found"',
    nodes: { running: 5, wanted: 6 },
  });
  put('sudoku', { address: 'http://127.41.0.9', load: load.map((value) => value % 5) });
  put('shop', {
    cloud: 'ec2-west',
    costPerHour: 0.041,
    address: 'http://203.0.113.9',
    nodes: { running: 4, wanted: 4 },
  });
  put('archive', { state: 'stopped', cloud: 'openstack', nodes: { running: 0, wanted: 0 }, address: undefined });
  director.putOperation(
    operationOf({
      title: 'Make v7 live',
      kind: 'activate_code_version',
      state: 'done',
      target: { application: 'app-guestbook', service: 'web' },
    }),
  );
}

test('says what is wrong and mends it by a click; state, address, services, nodes, load and cost in a row', async ({
  director,
  page,
}, info) => {
  fill(director);
  const unpriced = applicationOf({ name: 'unpriced', summary: { cloud: 'openstack' } });
  director.put(unpriced);
  await expect(row(page, 'shop')).toContainText(/running.*http:\/\/203\.0\.113\.9.*php mysql.*4\/4.*0\.041.*29\.9/);
  await expect(row(page, 'unpriced')).toContainText('unknownunknown');
  await expect(row(page, 'sudoku')).toContainText('cores now');
  expect(await names(page)).toEqual(['guestbook', 'shop', 'sudoku', 'unpriced', 'archive']);
  await expect(page.getByRole('status', { name: 'Health' })).toContainText(
    /1 needs you: guestbook\s*web-backend-2 exits at start/,
  );
  await expect(page.getByRole('status').filter({ hasText: '5 applications ·' })).toContainText(
    /price of 1 machine unknown · prices of 3 Nov/,
  );
  await page.screenshot({ path: info.outputPath('list-light.png') });
  await page.getByRole('status', { name: 'Health' }).getByRole('button', { name: 'Roll web back' }).click();
  await expect
    .poll(() => director.calls.find(({ name }) => name === 'rollback_code_version')?.params)
    .toEqual({
      service: 'web',
    });
  // What is under way stands in the row, and is cancelled there.
  const operation = operationOf({ title: 'Create shop', target: { application: 'app-shop' } });
  director.putOperation(operation);
  await expect(row(page, 'shop')).toContainText('1/2 · Start what is wanted');
  await row(page, 'shop').getByRole('button', { name: 'Cancel Create shop' }).click();
  await expect
    .poll(() => director.calls.find(({ name }) => name === 'cancel_operation')?.params)
    .toEqual({ operation: operation.id });
  // What is not well does not need the user while something is being done about it.
  director.putOperation(operationOf({ title: 'Roll web back', target: { application: 'app-guestbook' } }));
  await expect(page.getByRole('status', { name: 'Health' })).toHaveText(
    'Nothing needs you: 3 applications run, 1 is not well and being worked on, 1 is stopped.',
  );
  expect(problemsOf(page)).toEqual([]);
});

test('is searched, filtered and sorted; the keyboard goes from cell to cell', async ({ director, page }, info) => {
  fill(director);
  await expect(row(page, 'shop')).toBeVisible();
  await page.keyboard.press('/');
  await page.keyboard.type('sud');
  await expect.poll(() => names(page)).toEqual(['sudoku']);
  await page.keyboard.press('Escape');
  await page.getByRole('combobox', { name: 'State' }).click();
  await page.screenshot({ path: info.outputPath('filter.png') });
  expect.soft(await violations(page)).toEqual([]);
  await page.getByRole('option', { name: 'Needs you' }).click();
  await expect.poll(() => names(page)).toEqual(['guestbook']);
  await page.getByRole('combobox', { name: 'State' }).click();
  await page.getByRole('option', { name: 'Any state' }).click();
  await page.getByRole('combobox', { name: 'Cloud' }).click();
  await page.getByRole('option', { name: 'local' }).click();
  await expect.poll(() => names(page)).toEqual(['guestbook', 'sudoku']);
  await page.getByRole('combobox', { name: 'Cloud' }).click();
  await page.getByRole('option', { name: 'Any cloud' }).click();
  await page.getByRole('button', { name: 'Name' }).click();
  await expect.poll(() => names(page)).toEqual(['archive', 'guestbook', 'shop', 'sudoku']);
  await page.getByRole('button', { name: '$/h' }).click();
  await expect.poll(async () => (await names(page))[0]).toBe('shop');
  await expect(grid(page).getByRole('columnheader', { name: '$/h' })).toHaveAttribute('aria-sort', 'descending');

  await grid(page).focus();
  const active = () => grid(page).getAttribute('aria-activedescendant');
  expect(await active()).toBe('cell-app-shop-1');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  expect(await active()).toMatch(/^cell-app-\w+-3$/);
  await page.keyboard.press('Control+Home');
  await page.keyboard.press(' ');
  await expect(row(page, 'shop')).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Escape');
  await expect(row(page, 'shop')).toHaveAttribute('aria-selected', 'false');
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'shop' })).toBeVisible();
});

test('several are stopped, started again by Undo, and deleted when that is typed', async ({ director, page }, info) => {
  fill(director);
  await expect(row(page, 'shop')).toBeVisible();
  await row(page, 'shop').getByRole('checkbox').check();
  await row(page, 'sudoku').getByRole('checkbox').check();
  const bar = page.getByRole('toolbar', { name: 'Selected applications' });
  await expect(bar).toContainText('2 selected');
  await bar.getByRole('button', { name: 'Stop' }).click();
  await expect(row(page, 'sudoku')).toContainText('stopped');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => director.calls.filter(({ name }) => name === 'start_application').length).toBe(2);
  await bar.getByRole('button', { name: 'Delete…' }).click();
  const dialog = page.getByRole('dialog');
  const confirm = dialog.getByRole('button', { name: 'Delete' });
  await expect(dialog.getByRole('listitem')).toHaveText([/shop/, /sudoku/]);
  await dialog.getByRole('textbox').fill('delete 3');
  await expect(confirm).toBeDisabled();
  await dialog.getByRole('textbox').fill('delete 2');
  await page.screenshot({ path: info.outputPath('delete-several.png') });
  expect.soft(await violations(page)).toEqual([]);
  await confirm.click();
  await expect.poll(() => names(page)).toEqual(['guestbook', 'archive']);
  await expect(bar).toHaveCount(0);
});

for (const theme of ['light', 'dark'] as const) {
  test(`is accessible and looks right in ${theme}, wide, narrow and twice as large`, async ({
    desktop,
    director,
    page,
  }, info) => {
    fill(director);
    director.putOperation(operationOf({ title: 'Create portal', target: { application: 'app-portal' } }));
    director.put(
      applicationOf({
        name: 'portal',
        summary: { state: 'creating', address: undefined, nodes: { running: 0, wanted: 3 } },
      }),
    );
    await themed(page, theme);
    await expect(row(page, 'portal')).toBeVisible();
    await row(page, 'shop').getByRole('checkbox').check();
    for (const size of [wide, narrow, twice]) {
      await sized(desktop, page, size);
      await page.screenshot({ path: info.outputPath(`list-${theme}-${size.width / size.zoom}.png`) });
      expect.soft(await violations(page), `${theme} ${size.width}`).toEqual([]);
      expect.soft(await sideways(page), 'scrolls sideways').toBeLessThanOrEqual(0);
      const beyond = await grid(page).evaluate((element) => element.scrollWidth - element.clientWidth);
      expect.soft(beyond, `the list scrolls sideways at ${size.width / size.zoom}`).toBe(0);
    }
    await page.getByRole('button', { name: 'Compact' }).click();
    await page.screenshot({ path: info.outputPath(`list-${theme}-compact.png`) });
    expect(problemsOf(page)).toEqual([]);
  });
}

test('5,000 applications: only what is on the screen is in the page, and each is reached', async ({
  director,
}, info) => {
  test.slow();
  for (let index = 0; index < 5000; index += 1) {
    const name = `application-${String(index).padStart(4, '0')}`;
    const { summary } = applicationOf({ name, summary: { cloud: 'local', costPerHour: 0.01, load } });
    // As the director tells them: the list has not more than it needs.
    expect(JSON.stringify(summary).length).toBeLessThanOrEqual(400);
    director.applications.set(summary.id, { ...applicationOf({ name }), summary });
  }
  await using opened = await openDesktop(director.dataDirectory);
  const page = await watched(opened.desktop);
  await expect(page.getByRole('status').filter({ hasText: '5000 applications ·' })).toBeVisible({ timeout: 30_000 });
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '5001');
  expect(await grid(page).getByRole('row').count()).toBeLessThan(60);
  await grid(page).focus();
  await page.keyboard.press('Control+End');
  await expect(row(page, 'application-4999')).toBeVisible();
  await page.keyboard.press('/');
  await page.keyboard.type('4321');
  await expect.poll(() => names(page)).toEqual(['application-4321']);
  await page.screenshot({ path: info.outputPath('five-thousand.png') });
  await page.keyboard.press('Escape');
  // Each batch of changes is one update, whatever their number.
  for (let index = 0; index < 500; index += 1) {
    director.put(
      applicationOf({
        name: `application-${String(index).padStart(4, '0')}`,
        summary: { state: 'failed', cause: 'test' },
      }),
    );
  }
  await expect(page.getByRole('status', { name: 'Health' })).toContainText('500 need you');
  expect(await names(page).then(([first]) => first)).toBe('application-0000');
  expect(problemsOf(page)).toEqual([]);
});
