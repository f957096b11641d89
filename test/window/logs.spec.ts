/** Logs: the same component in the dock and in the tabs of an application and of a service. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ElectronApplication, Page } from '@playwright/test';
import { choose } from './choose.ts';
import { expect, problemsOf, test } from './fixture.ts';
import { killHub } from './kill-hub.ts';
import { goTo, narrow, sized, themed, violations, wide } from './looking.ts';
import { applicationOf, operationOf, type ScriptedDirector } from './scripted/index.ts';

const guestbook = 'app-guestbook';

async function openLogs(director: ScriptedDirector, page: Page): Promise<void> {
  director.put(applicationOf({ name: 'guestbook' }));
  await page.evaluate((hash) => {
    location.hash = hash;
  }, `#/applications/${guestbook}/logs`);
  await expect(page.getByRole('log', { name: 'Log of guestbook' })).toBeVisible();
}

const rows = (page: Page) => page.getByRole('log').locator('.row');
const clipboard = (desktop: ElectronApplication) => desktop.evaluate(({ clipboard: board }) => board.readText());

test('many lines of several nodes: merged, followed, paused, filtered, searched', async ({
  director,
  page,
  desktop,
}, info) => {
  const start = Date.now() - 60_000;
  const lines = (node: string, count: number): string[] =>
    Array.from({ length: count }, (_, n) => (n % 1_000 === 500 ? `ERROR: ${node} needle ${n}` : `${node} says ${n}`));
  // Older than what is read at first: searching and scrolling must find it all the same.
  for (let part = 0; part < 20; part += 1) {
    const time = start + part * 1_000;
    director.logs.write(lines('web-backend-1', 20_000).slice(part * 1_000, (part + 1) * 1_000), { time });
    director.logs.write([`GET number ${part}`], { node: 'web-proxy-1', log: 'access', time: time + 500 });
  }
  director.putOperation(
    operationOf({ title: 'Deploy v7', state: 'done', target: { application: guestbook }, endedAt: start + 18_500 }),
  );
  await openLogs(director, page);
  const log = page.getByRole('log');
  await expect(log).toContainText('web-backend-1 says 19999');
  await expect(log).toContainText('GET number 19');
  // Only what is on the screen is in the page.
  expect(await rows(page).count()).toBeLessThan(120);

  const follow = page.getByRole('button', { name: 'Follow' });
  await expect(follow).toHaveAttribute('aria-pressed', 'true');
  await log.focus();
  const atTheEnd = (await rows(page).first().textContent()) ?? '';
  await page.keyboard.press('PageUp');
  await expect(follow).toHaveAttribute('aria-pressed', 'false');
  // Rows further up come from the hub.
  await expect(rows(page).first()).not.toHaveText(atTheEnd);
  const before = await rows(page).first().textContent();
  for (let n = 0; n < 50; n += 1) director.log(`while paused ${n}`);
  await expect(page.getByText(/^2,0[0-9]{2} lines/)).toBeVisible();
  await expect(log).not.toContainText('while paused 49');
  expect(await rows(page).first().textContent()).toBe(before);
  await page.keyboard.press('f');
  await expect(log).toContainText('while paused 49');
  await expect(follow).toHaveAttribute('aria-pressed', 'true');

  // Of 20 hits, two lie in what was read; the others are found at the node, and read when they are looked at.
  await page.keyboard.press('/');
  const field = page.getByRole('textbox', { name: 'Search in the log' });
  await expect(field).toBeFocused();
  await field.fill('NEEDLE');
  const result = page.getByRole('status', { name: 'Search result' });
  await expect(result).toHaveText('20 hits');
  await field.press('Shift+Enter');
  await expect(result).toHaveText('20 of 20');
  await expect(log.locator('.row.current')).toContainText('needle 19500');
  await expect(log.locator('mark').first()).toHaveText('needle');
  await field.press('Enter');
  await expect(result).toHaveText('1 of 20');
  await expect(log.locator('.row.current')).toContainText('needle 500');
  await page.screenshot({ path: info.outputPath('search.png') });

  // The hits alone: what lies around them, and how much was left out between, with the same hit in view.
  await page.getByRole('button', { name: 'Hits only' }).click();
  await expect(log.locator('.row.current')).toContainText('needle 500');
  await expect(log).toContainText('web-backend-1 error: 497 lines left out');
  await expect(log).toContainText('web-backend-1 error: 993 lines left out');
  // For each hit the line that tells what was left out, three lines, itself, three lines; and one event.
  await expect(page.getByText(/^161 lines/)).toBeVisible();
  await page.screenshot({ path: info.outputPath('hits-only.png') });
  await page.getByRole('button', { name: 'Lines shown before and after each hit: ± 3' }).click();
  await page.getByRole('menuitemradio', { name: 'Only the hits' }).click();
  await expect(page.getByText(/^41 lines/)).toBeVisible();
  await expect(log).not.toContainText('says 501');
  await field.press('Enter');
  await expect(result).toHaveText('2 of 20');
  await expect(log.locator('.row.current')).toContainText('needle 1500');
  await page.getByRole('button', { name: 'Hits only' }).click();
  await expect(log.locator('.row.current')).toContainText('needle 1500');
  await expect(log).toContainText('web-backend-1 says 1501');
  await page.getByRole('button', { name: 'Regular expression' }).click();
  await field.fill('needle 1[0-9]500$');
  await expect(result).toHaveText('10 hits');
  // No hit is looked at: the line on the screen is what is kept in sight.
  await page.getByRole('button', { name: 'Hits only' }).click();
  await expect(page.getByText(/^21 lines/)).toBeVisible();
  await expect(log.locator('.row.current')).toContainText('lines left out');
  await page.getByRole('button', { name: 'Hits only' }).click();
  await expect(log.locator('.row.current')).toContainText('says 10499');
  await field.press('Shift+Enter');
  await expect(log.locator('.row.current')).toContainText('needle 19500');
  await expect(log.locator('mark').first()).toHaveText('needle 19500');
  await field.fill('(');
  await expect(result).toContainText('no regular expression');
  await field.press('Escape');
  await expect(log.locator('mark')).toHaveCount(0);

  await page.getByRole('button', { name: 'All levels' }).click();
  await page.getByRole('menuitem', { name: 'Errors and warnings only' }).click();
  await page.keyboard.press('Escape');
  await expect(page.getByText(/^21 lines/)).toBeVisible(); // and one event
  await expect(log).toContainText('Deploy v7 · done');
  await page.getByRole('button', { name: 'error, warning' }).click();
  await page.getByRole('menuitem', { name: 'All levels' }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'All nodes' }).click();
  await page.getByRole('menuitemcheckbox', { name: 'web-proxy-1' }).click();
  await page.keyboard.press('Escape');
  await expect(page.getByText(/^20,05[0-9] lines/)).toBeVisible();

  // Rows are chosen by keyboard, and copied.
  await log.focus();
  await page.keyboard.press('Home');
  await expect(rows(page).first()).toContainText('web-backend-1 says 0');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await expect(log.locator('.row.selected')).toHaveCount(3);
  await page.keyboard.press('Control+c');
  await expect.poll(() => clipboard(desktop)).toContain('web-backend-1 error  web-backend-1 says 2\n');
  expect((await clipboard(desktop)).trim().split('\n')).toHaveLength(3);
  expect(problemsOf(page)).toEqual([]);
});

test('what is hostile, lost, long, or gone', async ({ director, page, desktop }, info) => {
  await openLogs(director, page);
  director.logs.removed('web-backend-9', ['last words of backend 9']);
  director.logs.write([
    '\u001b[31mred\u001b[0m \u001b]0;title\u0007\u001b[2Jafter',
    'user\u202enimda <img src=x onerror=alert(1)>',
  ]);
  director.logs.write(['after the gap'], { gap: 1_204 });
  director.logs.write([`long ${'x'.repeat(9_000)} end`]);
  const log = page.getByRole('log');
  await expect(log).toContainText('web-backend-1 error: 1,204 lines were rotated away before they could be read');
  await expect(log.locator('.red')).toHaveText('red');
  await expect(log).toContainText('red after');
  await expect(log.locator('.hidden')).toHaveText('U+202E');
  expect(await log.locator('img').count()).toBe(0);
  await page.getByRole('button', { name: 'Wrap' }).click();
  await expect
    .poll(() =>
      rows(page)
        .last()
        .evaluate((row) => row.clientHeight),
    )
    .toBeGreaterThan(100);
  await page.screenshot({ path: info.outputPath('wrapped.png') });
  await page.getByRole('button', { name: 'Wrap' }).click();
  await log.getByRole('button', { name: 'show all 9,009 characters' }).click();
  const dialog = page.getByRole('dialog', { name: 'The whole line' });
  await expect(dialog).toContainText('web-backend-1 · error');
  await expect(dialog.getByLabel('The whole line', { exact: true }).last()).toHaveText(/ end$/);
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  // Whatever the lines: the bars above and below them stay on the screen, also of a small window.
  await sized(desktop, page, narrow);
  await expect(page.getByRole('button', { name: 'More for this log' })).toBeInViewport({ ratio: 1 });
  await expect(page.getByText(/ lines · .* spool /)).toBeInViewport({ ratio: 1 });
  await page.screenshot({ path: info.outputPath('small.png') });

  await page.getByRole('button', { name: 'All nodes' }).click();
  const gone = page.getByRole('menuitemcheckbox', { name: 'web-backend-9' });
  await expect(gone).toContainText('until');
  await gone.click();
  await page.keyboard.press('Escape');
  await expect(log).toContainText('last words of backend 9');

  const file = path.join(director.dataDirectory, 'saved.log');
  await choose(desktop, file);
  await page.getByRole('button', { name: 'More for this log' }).click();
  await page.getByRole('menuitem', { name: 'Save all shown lines…' }).click();
  await expect(page.getByText('lines saved to saved.log')).toBeVisible();
  const saved = (await readFile(file, 'utf8')).trim().split('\n');
  expect(saved.filter((line) => line.includes('after the gap'))).toHaveLength(1);
  expect(saved.filter((line) => line.includes('last words of backend 9'))).toHaveLength(1);
  expect(saved.findIndex((line) => line.includes('1,204 lines'))).toBe(
    saved.findIndex((line) => line.includes('after the gap')) - 1,
  );
  expect(problemsOf(page)).toEqual([]);
});

test('a range from before what was read is read from the node by itself', async ({ director, page }) => {
  const start = Date.now() - 3_600_000;
  for (let part = 0; part < 6; part += 1) {
    const lines = Array.from({ length: 1_000 }, (_, n) => `part ${part} line ${n}`);
    director.logs.write(lines, { time: start + part * 60_000 });
  }
  await openLogs(director, page);
  const log = page.getByRole('log');
  await expect(log).toContainText('part 5 line 999');
  await expect(page.getByText(/^2,000 lines/)).toBeVisible();
  const local = (time: number): Promise<string> =>
    page.evaluate((at) => new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 19), time);
  await page.getByRole('button', { name: 'Any time' }).click();
  await page.getByRole('menuitem', { name: 'Between…' }).click();
  await page.getByLabel('From').fill(await local(start + 30_000));
  await page.getByLabel('To (empty: now)').fill(await local(start + 90_000));
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await expect(page.getByText(/^1,000 lines/)).toBeVisible();
  await expect(log).toContainText('part 1 line 999');
  await expect(log).not.toContainText('part 2');
  expect(problemsOf(page)).toEqual([]);
});

test('after the hub has died the log is opened again by itself, with its search', async ({
  director,
  page,
  desktop,
}) => {
  await openLogs(director, page);
  director.logs.write(['one needle', 'two']);
  const log = page.getByRole('log');
  await expect(log).toContainText('one needle');
  await page.getByRole('textbox', { name: 'Search in the log' }).fill('needle');
  const result = page.getByRole('status', { name: 'Search result' });
  await expect(result).toHaveText('1 hit');
  await killHub(desktop);
  director.logs.write(['three needle']);
  await expect(log).toContainText('three needle', { timeout: 30_000 });
  await expect(log).toContainText('one needle');
  await expect(result).toHaveText('2 hits');
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('lines of a node that is gone are forgotten when its name is typed', async ({ director, page }) => {
  director.logs.removed('web-backend-9', ['last words of backend 9']);
  await openLogs(director, page);
  await page.getByRole('button', { name: 'All nodes' }).click();
  await page.getByRole('menuitemcheckbox', { name: 'web-backend-9' }).click();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('log')).toContainText('last words of backend 9');
  await page.getByRole('button', { name: 'More for this log' }).click();
  await page.getByRole('menuitem', { name: 'Forget lines of removed nodes…' }).click();
  await page.getByRole('button', { name: 'Forget the lines of web-backend-9' }).click();
  await page.getByRole('textbox').fill('web-backend-9');
  await page.getByRole('button', { name: 'Forget', exact: true }).click();
  await expect(page.getByText('The lines of web-backend-9 are forgotten.')).toBeVisible();
  expect(director.calls).toContainEqual({
    name: 'forget_removed_logs',
    params: { application: guestbook, node: 'web-backend-9' },
  });
  await expect(page.getByRole('log')).not.toContainText('last words of backend 9');
  await page.getByRole('button', { name: 'All nodes' }).click();
  await expect(page.getByRole('menuitemcheckbox', { name: 'web-backend-1' })).toBeVisible();
  await expect(page.getByRole('menuitemcheckbox', { name: 'web-backend-9' })).toHaveCount(0);
  await page.keyboard.press('Escape');
  await goTo(page, '#/settings');
  await expect(page.getByText(/^[\d.]+ k?B of 4\.0 GB$/)).toBeVisible();
  await page.getByRole('button', { name: 'Change…' }).click();
  await page.getByLabel('Gigabytes').fill('2');
  await page.getByRole('button', { name: 'Change', exact: true }).click();
  await expect(page.getByText(/ of 2\.0 GB$/)).toBeVisible();
  expect(problemsOf(page)).toEqual([]);
});

test('a log breaks off and goes on without doubles or holes', async ({ director, page }) => {
  await openLogs(director, page);
  const write = (from: number): void => director.logs.write(Array.from({ length: 100 }, (_, n) => `line ${from + n}`));
  write(0);
  const log = page.getByRole('log');
  await expect(log).toContainText('line 99');
  director.fail('list_nodes', { code: 'unreachable', message: 'The manager is away. Try again in a moment.' });
  // The other choice of nodes makes the stream be opened anew, which fails for now.
  await page.getByRole('button', { name: 'All logs' }).click();
  await page.getByRole('menuitemcheckbox', { name: 'access' }).click();
  await page.keyboard.press('Escape');
  await expect(page.getByText('The manager is away.')).toBeVisible();
  write(100);
  director.fail('list_nodes', undefined);
  await expect(log).toContainText('line 199');
  await expect(page.getByText(/^200 lines/)).toBeVisible();
  await expect(page.getByText('The manager is away.')).toHaveCount(0);
  expect(problemsOf(page)).toEqual([]);
});

for (const theme of ['light', 'dark'] as const) {
  test(`axe finds nothing (${theme})`, async ({ director, page, desktop }, info) => {
    const time = Date.now() - 30_000;
    director.logs.write(
      [
        'PHP Fatal error:  Class "Foo" not found in /index.php:12',
        '[25-Nov-2026 14:01:07] WARNING: server reached max_children',
        '\u001b[32mgreen\u001b[0m \u001b[33myellow\u001b[0m \u001b[34mblue\u001b[0m \u001b[2mdim\u001b[0m \u001b[7minverse\u001b[0m',
        'hidden \u202e here',
        '2026/11/25 14:01:07 [notice] 9#9: start worker process 12',
      ],
      { time },
    );
    director.logs.write(['and on'], { time: time + 1_000, gap: 1_204 });
    director.logs.write(['GET / HTTP/1.1'], { node: 'web-proxy-1', log: 'access', time: time + 2_000 });
    director.putOperation(
      operationOf({ title: 'Deploy v7', state: 'done', target: { application: guestbook }, endedAt: time + 1_500 }),
    );
    await themed(page, theme);
    await openLogs(director, page);
    await expect(page.getByRole('log')).toContainText('Deploy v7');
    await page.getByRole('textbox', { name: 'Search in the log' }).fill('class');
    await expect(page.getByRole('status', { name: 'Search result' })).toHaveText('1 hit');
    for (const size of [wide, narrow]) {
      await sized(desktop, page, size);
      await page.screenshot({ path: info.outputPath(`logs-${theme}-${size.width}.png`) });
    }
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'All nodes' }).click();
    await expect(page.getByRole('menuitemcheckbox', { name: 'web-proxy-1' })).toBeVisible();
    await page.screenshot({ path: info.outputPath(`logs-${theme}-menu.png`) });
    expect(await violations(page)).toEqual([]);
    expect(problemsOf(page)).toEqual([]);
  });
}
