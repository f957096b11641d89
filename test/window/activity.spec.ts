/** The Activity page: operations with their ways out, events, audit; filters, export, and what is remembered as seen. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { choose } from './choose.ts';
import { expect, openDesktop, problemsOf, test, watched } from './fixture.ts';
import { goTo, themed, violations } from './looking.ts';
import { applicationOf, operationOf, type ScriptedDirector } from './scripted/index.ts';

const guestbook = 'app-guestbook';

function fill(director: ScriptedDirector, entries: number): void {
  director.put(applicationOf({ name: 'guestbook' }));
  const failed = operationOf({
    title: 'Make v3 live',
    kind: 'activate_code_version',
    state: 'failed',
    requestedBy: 'bob',
    target: { application: guestbook, service: 'web' },
    failure: { code: 'health_check_failed', message: 'The new version does not answer.', log: ['PHP Parse error'] },
  });
  director.putOperation(failed);
  director.putOperation(operationOf({ title: 'Apply shop', target: {}, log: ['fetching archive', 'unpacking'] }));
  for (let n = 1; n <= 300; n += 1) {
    director.putOperation(
      operationOf({
        title: `Scale ${n}`,
        kind: 'add_nodes',
        state: 'done',
        startedAt: Date.now() + n,
        target: { application: guestbook },
      }),
    );
  }
  for (let seq = 1; seq <= entries; seq += 1) {
    const isTerminal = seq % 10 === 0;
    director.history.audit.push({
      seq,
      time: Date.now() - (entries - seq) * 1000,
      who: seq % 3 ? 'ann' : 'bob',
      from: '127.0.0.1',
      client: 'command 0.1.0',
      method: isTerminal ? 'close_terminal' : 'stop_application',
      application: guestbook,
      target: { application: 'guestbook', ...(isTerminal ? { node: 'web-backend-1' } : {}) },
      outcome: seq % 7 ? 'done' : 'forbidden',
      ...(isTerminal ? { durationMs: 65_000 } : {}),
      hash: 'ff'.repeat(32),
    });
  }
  director.history.events.push(
    {
      seq: 1,
      time: Date.now(),
      kind: 'application',
      level: 'info',
      application: guestbook,
      applicationName: 'guestbook',
      text: 'guestbook is running',
    },
    { seq: 2, time: Date.now(), kind: 'alert', level: 'alert', text: 'A used token was shown again' },
  );
}

test('operations: filters, ways out, the dock, and what was seen is remembered', async ({ director, page }, info) => {
  fill(director, 0);
  await expect(page.getByLabel('2 running or failed')).toBeVisible();
  await goTo(page, '#/activity');
  const list = page.getByRole('list', { name: 'Operations' });
  await expect(list.getByText('Scale 300')).toBeVisible();
  // what was seen is not counted any more; what runs is
  await expect(page.getByLabel('1 running or failed')).toBeVisible();
  expect(await list.getByRole('listitem').count()).toBeLessThan(60);

  await page.getByRole('combobox', { name: 'State' }).click();
  await page.getByRole('option', { name: 'failed' }).click();
  await expect(list.getByText('The new version does not answer.')).toBeVisible();
  await list.getByRole('button', { name: 'Make v3 live', exact: true }).click();
  await list.getByRole('button', { name: 'Details' }).click();
  await expect(list.getByText('PHP Parse error')).toBeVisible();
  await page.screenshot({ path: info.outputPath('failed.png') });
  await page.getByRole('button', { name: 'Copy as command' }).click();
  await expect(page.getByText('The command is copied.')).toBeVisible();
  await page.getByRole('button', { name: 'Show all' }).click();
  await page.getByRole('combobox', { name: 'User' }).click();
  await page.getByRole('option', { name: 'bob' }).click();
  await expect(list.getByRole('listitem')).toHaveCount(1);
  await page.getByRole('button', { name: 'Show all' }).click();

  await page.getByRole('combobox', { name: 'Kind' }).click();
  await page.getByRole('option', { name: 'apply' }).click();
  await page.getByRole('button', { name: 'Show Apply shop in the dock' }).click();
  const dock = page.getByRole('complementary', { name: 'Dock' });
  await expect(dock.getByText('Start what is wanted')).toBeVisible();
  await dock.getByRole('button', { name: 'Cancel' }).click();
  await expect(dock.getByText('Cancelled.')).toBeVisible();
  expect(director.calls.map(({ name }) => name)).toContain('cancel_operation');
  expect(problemsOf(page)).toEqual([]);
});

test('what failed and was seen is not counted by the next window', async ({ director }) => {
  fill(director, 0);
  {
    await using opened = await openDesktop(director.dataDirectory);
    const page = await watched(opened.desktop);
    await goTo(page, '#/activity');
    await expect(page.getByRole('list', { name: 'Operations' })).toBeVisible();
    await expect(page.getByLabel('1 running or failed')).toBeVisible();
  }
  await using opened = await openDesktop(director.dataDirectory);
  const page = await watched(opened.desktop);
  await expect(page.getByLabel('1 running or failed')).toBeVisible();
});

test('audit: pages, filters, verification, all of it saved', async ({ director, page, desktop }, info) => {
  test.slow();
  fill(director, 2500);
  await goTo(page, '#/activity/audit');
  const list = page.getByRole('list', { name: 'Audit' });
  await expect(list.getByText('close terminal after 65 s · guestbook, node web-backend-1').first()).toBeVisible();
  await expect(list.getByRole('listitem').first()).toHaveAttribute('aria-setsize', '100');
  const scroller = page.getByRole('region', { name: 'Audit, list' });
  await scroller.evaluate((element) => element.scrollTo(0, element.scrollHeight));
  await expect(list.getByRole('listitem').first()).toHaveAttribute('aria-setsize', '200');
  expect(await list.getByRole('listitem').count()).toBeLessThan(60);

  // live at its head
  director.history.audit.push({
    seq: 2501,
    time: Date.now(),
    who: 'cleo',
    from: '10.0.0.9',
    method: 'set_secret',
    target: { name: 'KEY' },
    outcome: 'done',
    hash: 'ee'.repeat(32),
  });
  await scroller.evaluate((element) => element.scrollTo(0, 0));
  await expect(list.getByText('set secret · name KEY')).toBeVisible();

  await page.getByRole('combobox', { name: 'State' }).click();
  await page.getByRole('option', { name: 'failed' }).click();
  await expect(list.getByText('forbidden · 127.0.0.1 · command 0.1.0').first()).toBeVisible();
  await expect(list.getByText('set secret')).toHaveCount(0);
  await page.getByRole('button', { name: 'Verify' }).click();
  await expect(page.getByText(/2501 entries are as they were written/)).toBeVisible();
  director.history.brokenAt = 17;
  await page.getByRole('button', { name: 'Verify' }).click();
  await expect(page.getByText(/Entry 17 is not what was written/)).toBeVisible();
  await page.screenshot({ path: info.outputPath('audit.png') });
  await page.getByRole('button', { name: 'Show all' }).click();

  const file = path.join(info.outputDir, 'audit.jsonl');
  await choose(desktop, file);
  await page.getByRole('button', { name: 'Export…' }).click();
  expect(await violations(page)).toEqual([]);
  await page.getByRole('menuitem', { name: 'JSON lines, for a program' }).click();
  await expect(page.getByText('2501 rows saved to audit.jsonl.')).toBeVisible();
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  expect(lines).toHaveLength(2501);
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ seq: 1 });
  expect(problemsOf(page)).toEqual([]);
});

for (const theme of ['light', 'dark'] as const) {
  test(`each tab is accessible: full, empty, failing, ${theme}`, async ({ director, page }, info) => {
    test.slow();
    fill(director, 50);
    director.fail('list_audit', {
      code: 'unreachable',
      message: 'The director does not answer. Try again.',
      retry: true,
    });
    await themed(page, theme);
    const shown = async (name: string) => {
      await page.screenshot({ path: info.outputPath(`${name}-${theme}.png`) });
      expect.soft(await violations(page), name).toEqual([]);
    };
    await goTo(page, '#/activity/operations');
    await expect(page.getByText('Scale 300')).toBeVisible();
    await shown('operations');
    await goTo(page, '#/activity/events');
    await expect(page.getByText('guestbook is running')).toBeVisible();
    await shown('events');
    await page.getByRole('combobox', { name: 'Kind' }).click();
    await page.getByRole('option', { name: 'certificates' }).click();
    await expect(page.getByText('Nothing of this kind.')).toBeVisible();
    await shown('empty');
    await goTo(page, '#/activity/audit');
    await expect(page.getByText('Audit cannot be read now')).toBeVisible();
    await shown('failing');
    director.fail('list_audit', undefined);
    await page.getByRole('tabpanel').getByRole('button', { name: 'Retry' }).click();
    await expect(page.getByRole('list', { name: 'Audit' })).toBeVisible();
    await shown('audit');
    expect(problemsOf(page)).toEqual([]);
  });
}
