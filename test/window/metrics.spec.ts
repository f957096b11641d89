/** The charts: what they show, how they are moved about, what they say to those who do not see them. */
import type { Page } from '@playwright/test';
import { expect, problemsOf, test } from './fixture.ts';
import { goTo, themed, violations } from './looking.ts';
import { applicationOf, operationOf, type ScriptedDirector } from './scripted/index.ts';

const guestbook = 'app-guestbook';

function fill(director: ScriptedDirector): void {
  director.put(applicationOf({ name: 'guestbook' }));
  director.put(applicationOf({ name: 'quiet', summary: { nodes: { running: 0, wanted: 0 } }, services: [] }));
  const minutesAgo = (minutes: number) => Date.now() - minutes * 60_000;
  director.putOperation(
    operationOf({
      title: 'Add 1 backend node to web',
      state: 'done',
      startedAt: minutesAgo(11),
      endedAt: minutesAgo(11),
      target: { application: guestbook, service: 'web' },
    }),
  );
  director.putOperation(
    operationOf({
      title: 'Make v3 live',
      state: 'failed',
      startedAt: minutesAgo(4),
      endedAt: minutesAgo(4),
      target: { application: guestbook, service: 'web' },
      failure: { code: 'health_check_failed', message: 'It does not answer its health check.' },
    }),
  );
}

const chart = (page: Page, title: string) => page.getByRole('region', { name: title, exact: true });
const slider = (page: Page, title: string) => page.getByRole('slider', { name: `${title}, point in time` });

/** Parameters of the questions for figures so far. */
function questions(director: ScriptedDirector): { figures: string[]; from: number; to: number; by: string }[] {
  return director.calls
    .filter(({ name }) => name === 'query_metrics')
    .map(({ params }) => params as { figures: string[]; from: number; to: number; by: string });
}

test('charts: crosshair, zoom, keyboard, marks, tables, what is not on the screen, failures', async ({
  director,
  desktop,
  page,
}) => {
  fill(director);
  await goTo(page, `#/applications/${guestbook}/metrics`);
  await chart(page, 'CPU').scrollIntoViewIfNeeded();
  await expect(chart(page, 'CPU').locator('canvas')).toBeVisible();
  await expect(chart(page, 'CPU')).toContainText(/CPU\d+(\.\d+)? %/);
  await expect(page.getByRole('list', { name: 'What happened in this time' })).toContainText('Make v3 live failed');
  // Charts further down are not asked for before they are on the screen.
  const asked = () => new Set(questions(director).flatMap(({ figures }) => figures));
  expect(asked().has('server_queue')).toBe(false);
  await chart(page, 'Up by server').scrollIntoViewIfNeeded();
  await expect.poll(() => asked().has('server_up')).toBe(true);
  await expect(chart(page, 'Up by server').getByRole('button', { name: 'web-backend-2' })).toBeVisible();

  // One crosshair over all charts; a mark near it is told.
  await chart(page, 'CPU').scrollIntoViewIfNeeded();
  const plot = chart(page, 'CPU').locator('.u-over');
  const box = await plot.boundingBox();
  if (!box) throw new Error('the chart has no place');
  await page.mouse.move(box.x + box.width * (11 / 15), box.y + 60);
  await expect(chart(page, 'CPU')).toContainText('Make v3 live failed');
  await expect(chart(page, 'Memory')).toContainText('Make v3 live failed');

  // Dragging zooms all charts; Reset goes back.
  await page.mouse.move(box.x + box.width * 0.2, box.y + 60);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.4, box.y + 60, { steps: 4 });
  await page.mouse.up();
  await expect(page.getByRole('button', { name: 'Reset zoom' })).toBeVisible();
  await expect
    .poll(() => {
      const { from = 0, to = 0 } = questions(director).at(-1) ?? {};
      return Math.round((to - from) / 60_000);
    })
    .toBe(3);
  await page.getByRole('button', { name: 'Reset zoom' }).click();
  await expect(page.getByRole('button', { name: 'Reset zoom' })).toHaveCount(0);

  // By keyboard, and in words.
  await slider(page, 'CPU').focus();
  await page.keyboard.press('Home');
  await expect(slider(page, 'CPU')).toHaveAttribute('aria-valuenow', '0');
  await page.keyboard.press('ArrowRight');
  await expect(slider(page, 'CPU')).toHaveAttribute('aria-valuenow', '1');
  await expect(slider(page, 'CPU')).toHaveAttribute('aria-valuetext', /CPU \d+(\.\d+)? %/);
  await page.keyboard.press('+');
  await expect(page.getByRole('button', { name: 'Reset zoom' })).toBeVisible();
  await slider(page, 'CPU').focus();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Reset zoom' })).toHaveCount(0);

  // Live: it goes on asking by itself.
  const before = questions(director).length;
  await expect.poll(() => questions(director).length, { timeout: 30_000 }).toBeGreaterThan(before);

  await page.getByRole('switch', { name: 'A line a node' }).click();
  await chart(page, 'CPU').scrollIntoViewIfNeeded();
  await expect(chart(page, 'CPU').getByRole('button', { name: 'web-backend-2' })).toBeVisible();
  await chart(page, 'CPU').getByRole('button', { name: 'web-backend-2' }).click();
  await expect(chart(page, 'CPU').getByRole('button', { name: 'web-backend-2' })).toHaveAttribute(
    'aria-pressed',
    'false',
  );

  await page.getByRole('switch', { name: 'As tables' }).click();
  await chart(page, 'CPU').scrollIntoViewIfNeeded();
  const rows = page.getByRole('group', { name: 'CPU as a table' }).getByRole('row');
  await expect(rows.nth(1)).toContainText('%');
  expect(await page.getByRole('group', { name: 'CPU as a table' }).getByText('–').count()).toBeGreaterThan(0);
  await page.getByRole('button', { name: 'Copy CSV of CPU' }).click();
  await expect
    .poll(() => desktop.evaluate(({ clipboard }) => clipboard.readText()))
    .toMatch(/^time,db-mysql-1,web-backend-1/);
  await page.getByRole('switch', { name: 'As tables' }).click();

  director.fail('query_metrics', { code: 'disk_full', message: 'The figures cannot be read.' });
  await page.getByRole('button', { name: '1 h' }).click();
  await chart(page, 'CPU').scrollIntoViewIfNeeded();
  await expect(chart(page, 'CPU').getByRole('alert')).toContainText('The figures cannot be read.');
  director.fail('query_metrics', undefined);
  await page.getByRole('button', { name: '30 days' }).click();
  await chart(page, 'CPU').scrollIntoViewIfNeeded();
  await expect(chart(page, 'CPU').getByRole('alert')).toHaveCount(0);

  await goTo(page, '#/applications/app-quiet/metrics');
  await expect(page.getByText('No figures yet.')).toBeVisible();
  expect(problemsOf(page)).toEqual([]);
});

for (const theme of ['light', 'dark'] as const) {
  test(`charts are accessible and keep the policy, ${theme}`, async ({ director, page }, info) => {
    fill(director);
    await themed(page, theme);
    const check = async (name: string) => {
      await page.screenshot({ path: info.outputPath(`${name}.png`) });
      expect.soft(await violations(page), `${name} (${theme})`).toEqual([]);
    };
    await goTo(page, `#/applications/${guestbook}/metrics`);
    await expect(chart(page, 'Requests').locator('canvas')).toBeVisible();
    await chart(page, 'CPU').scrollIntoViewIfNeeded();
    await expect(chart(page, 'CPU').locator('canvas')).toBeVisible();
    await check('application');
    await goTo(page, `#/applications/${guestbook}/services/web/metrics`);
    await expect(chart(page, 'Response time').locator('canvas')).toBeVisible();
    await chart(page, 'PHP processes').scrollIntoViewIfNeeded();
    await expect(chart(page, 'PHP processes').locator('canvas')).toBeVisible();
    await check('service');
    await page.getByRole('switch', { name: 'As tables' }).click();
    await expect(page.getByRole('group', { name: 'PHP processes as a table' })).toBeVisible();
    await check('tables');
    expect(problemsOf(page)).toEqual([]);
  });
}
