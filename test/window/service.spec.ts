/** The page of a service, built from its type: nodes, code, configuration, methods, and the panel of a database. */
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { VmId } from '../../remote/core/contract/ids.ts';
import { choose } from './choose.ts';
import { expect, openDesktop, problemsOf, test, watched } from './fixture.ts';
import { goTo, themed, violations } from './looking.ts';
import { applicationOf, operationOf, phpService, type ScriptedDirector } from './scripted/index.ts';

const guestbook = 'app-guestbook';

async function open(director: ScriptedDirector, page: Page, service: string, tab?: string): Promise<void> {
  if (director.applications.size === 0) director.put(applicationOf({ name: 'guestbook' }));
  const parts = ['#/applications', guestbook, 'services', service, ...(tab === undefined ? [] : [tab])];
  await goTo(page, parts.join('/'));
  await expect(page.getByRole('heading', { level: 1, name: service })).toBeVisible();
}

const called = (director: ScriptedDirector, method: string) =>
  director.calls.filter(({ name }) => name === method).map(({ params }) => params);

test('nodes by role: cost and time before a change, Undo after it; one node in a panel', async ({
  director,
  page,
}, info) => {
  director.script.vms.push({
    id: VmId.parse('vm-1'),
    cloud: 'ec2',
    application: applicationOf({ name: 'guestbook' }).summary.id,
    role: 'application',
    state: 'joined',
    createdAt: 0,
    pricePerHour: 0.01,
  });
  for (const took of [3000, 4000, 9000])
    director.putOperation(
      operationOf({ title: 'Add', kind: 'add_nodes', state: 'done', startedAt: 10_000, endedAt: 10_000 + took }),
    );
  await open(director, page, 'web');
  const backends = page.getByRole('region', { name: 'Backend' });
  await expect(backends.getByRole('row', { name: /web-backend-1/ })).toContainText('180 MB');
  await expect(backends.getByRole('row', { name: /web-backend-1/ })).toContainText('40 %');
  const more = page.getByRole('button', { name: 'One backend more' });
  await more.click();
  await more.click();
  await expect(page.getByText('backend 2 → 4')).toBeVisible();
  await expect(page.getByText('+0.020 $/h, +14.6 $/month · about 4.0 s (median of 3)')).toBeVisible();
  await page.screenshot({ path: info.outputPath('scaling.png') });
  await page.getByRole('button', { name: 'Apply', exact: true }).click();
  await expect.poll(() => called(director, 'add_nodes')).toEqual([{ service: 'web', nodes: { backend: 2 } }]);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => called(director, 'remove_nodes')).toEqual([{ service: 'web', nodes: { backend: 2 } }]);

  await page.getByRole('button', { name: 'web-backend-1', exact: true }).click();
  const panel = page.getByRole('dialog', { name: 'Node web-backend-1' });
  await expect(panel).toContainText('127.41.0.2');
  await panel.getByRole('button', { name: 'Charts' }).click();
  await expect(panel.getByRole('region', { name: 'CPU', exact: true })).toBeVisible();
  await page.screenshot({ path: info.outputPath('node.png') });
  await panel.getByRole('button', { name: 'Restart' }).click();
  await expect.poll(() => called(director, 'restart_node')).toEqual([{ node: 'web-backend-1' }]);
  await panel.getByRole('button', { name: 'Replace…' }).click();
  const ask = page.getByRole('dialog', { name: 'Replace web-backend-1' });
  await expect(ask).toContainText('A fresh node is started first.');
  await ask.getByRole('button', { name: 'Replace' }).click();
  await expect.poll(() => called(director, 'replace_node')).toEqual([{ node: 'web-backend-1' }]);
  expect(problemsOf(page)).toEqual([]);
});

test('a terminal from the row of a node; what is not measured is a dash', async ({ director, page }) => {
  director.script.answers.set('newest_metrics', []);
  await open(director, page, 'web');
  const row = page.getByRole('region', { name: 'Backend' }).getByRole('row', { name: /web-backend-2/ });
  await expect(row.getByRole('cell')).toHaveText([/web-backend-2/, /running/, /127/, '–', '–', /.+/, /Terminal/]);
  await row.getByRole('button', { name: 'Terminal on web-backend-2' }).click();
  await expect.poll(() => director.terminals.length).toBe(1);
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('what has only just been made live can be rolled back from the first line, and what is unwell too', async ({
  director,
  page,
}, info) => {
  await open(director, page, 'web');
  const health = page.getByRole('status', { name: 'Health' });
  await expect(health).toContainText('All is well');
  await expect(health.getByRole('button')).toHaveCount(0);
  const target = { application: guestbook, service: 'web' };
  director.putOperation(
    operationOf({ title: 'Make v2 live', kind: 'activate_code_version', state: 'done', target, endedAt: Date.now() }),
  );
  await expect(health).toContainText('v2 has only just been made live.');
  await health.getByRole('button', { name: 'Roll back to v1' }).click();
  await expect.poll(() => called(director, 'activate_code_version')).toEqual([{ service: 'web', version: 'v1' }]);

  const web = phpService({ state: 'degraded', cause: 'web-backend-2: exits at start' });
  const [live, earlier] = web.code?.versions ?? [];
  if (!web.code || !live || !earlier) throw new Error('the script has no versions');
  const message = 'web-backend-1: /health answers 500.';
  const refused = { ...earlier, id: 'v3', refused: { at: Date.now(), message } };
  director.put(
    applicationOf({
      name: 'guestbook',
      services: [{ ...web, code: { ...web.code, versions: [refused, live, earlier] } }],
    }),
  );
  await expect(health).toContainText('Not all is well');
  await expect(health.getByRole('button', { name: 'Roll back to v1' })).toBeVisible();
  await page.getByRole('tab', { name: 'Code' }).click();
  await expect(page.getByRole('row', { name: /v3/ })).toContainText(message);
  await page.screenshot({ path: info.outputPath('refused.png') });
  expect(problemsOf(page)).toEqual([]);
});

test('where a price or earlier operations are not known, it says so', async ({ director, page }) => {
  await open(director, page, 'web');
  await page.getByRole('button', { name: 'One backend more' }).click();
  await expect(page.getByText('cost unknown', { exact: true })).toBeVisible();
});

test('configuration: forms from the schema, what is wrong beside the field, back to the default', async ({
  director,
  page,
}, info) => {
  director.put(applicationOf({ name: 'guestbook' }));
  const web = director.applications.get(guestbook)?.services[0];
  if (web) web.changedKeys = ['memory_limit'];
  await open(director, page, 'web', 'configuration');
  const seconds = page.getByRole('textbox', { name: 'Max execution time' });
  await seconds.fill('90000');
  await expect(page.getByText('86400 or less is expected.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Apply', exact: true }).first()).toBeDisabled();
  await seconds.fill('60');
  await page.getByRole('button', { name: 'Memory limit: back to the default' }).click();
  await page.screenshot({ path: info.outputPath('configuration.png') });
  // What is typed stays while other things are looked at, and says that it is there. Nobody else's tab acts meanwhile.
  const tab = page.getByRole('tab', { name: 'Configuration' });
  await page.getByLabel('Name of a new variable').fill('GREETING');
  await page.getByLabel('Path').fill('/health');
  await page.getByLabel('Script', { exact: true }).fill('#!/bin/sh\ntrue');
  await page.getByRole('tab', { name: 'Nodes' }).click();
  await expect(seconds).toHaveCount(0);
  await expect(tab).toHaveAccessibleName('Configuration unsaved changes');
  await goTo(page, '#/applications');
  await open(director, page, 'web', 'configuration');
  await expect(seconds).toHaveValue('60');
  await expect(page.getByLabel('Name of a new variable')).toHaveValue('GREETING');
  await expect(page.getByLabel('Path')).toHaveValue('/health');
  await expect(page.getByLabel('Script', { exact: true })).toHaveValue('#!/bin/sh\ntrue');
  await expect(page.getByText('unsaved changes').filter({ visible: true })).toHaveCount(5);
  await page.screenshot({ path: info.outputPath('unsaved.png') });
  for (const name of ['Environment', 'Health check', 'Startup script']) {
    await page.getByRole('region', { name, exact: true }).getByRole('button', { name: 'Discard' }).click();
  }
  await expect(page.getByLabel('Name of a new variable')).toHaveValue('');
  await expect(page.getByLabel('Script', { exact: true })).toHaveValue(/mkdir -p/);
  await seconds.press('Control+Enter');
  await expect
    .poll(() => called(director, 'set_configuration'))
    .toEqual([{ service: 'web', configuration: { max_execution_time: 60, memory_limit: null } }]);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect
    .poll(() => called(director, 'set_configuration').at(-1))
    .toEqual({ service: 'web', configuration: { max_execution_time: null, memory_limit: '128M' } });

  director.fail('set_configuration', {
    code: 'invalid_request',
    message: 'That configuration is not valid.',
    places: [{ path: 'memory_limit', message: 'More than this machine has.' }],
  });
  await page.getByRole('textbox', { name: 'Memory limit' }).fill('900G');
  await page.getByRole('button', { name: 'Apply', exact: true }).first().click();
  await expect(page.getByText('More than this machine has.').first()).toBeVisible();
});

test('environment by .env text, secrets that go one way, health check, and a script tried before it is set', async ({
  director,
  page,
}, info) => {
  await open(director, page, 'web', 'configuration');
  await page.getByRole('button', { name: 'Paste .env…' }).click();
  const paste = page.getByRole('dialog', { name: 'Paste .env text' });
  await paste.getByLabel('Text').fill('A=1\nnonsense\nTITLE="New title"');
  await expect(paste.getByRole('alert')).toContainText('Line 2: There is no "=" in it');
  await page.screenshot({ path: info.outputPath('paste.png') });
  await paste.getByRole('button', { name: 'Take 2 variables, leave out 1 line' }).click();
  await page.getByRole('button', { name: 'Apply environment' }).click();
  await expect
    .poll(() => called(director, 'set_configuration'))
    .toEqual([{ service: 'web', environment: { TITLE: 'New title', A: '1' } }]);

  await page.getByRole('button', { name: 'Replace the value of SMTP_PASSWORD' }).click();
  await page.getByLabel('New value of SMTP_PASSWORD').fill('hunter2hunter2');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect
    .poll(() => called(director, 'set_secret'))
    .toEqual([{ application: guestbook, name: 'SMTP_PASSWORD', value: 'hunter2hunter2' }]);
  await expect(page.getByLabel('New value of SMTP_PASSWORD')).toHaveCount(0);
  expect(await page.content()).not.toContain('hunter2hunter2');
  await page.getByLabel('Name of a secret to give to the code').fill('API_KEY');
  await page.getByRole('button', { name: 'Give to the code' }).click();
  await expect
    .poll(() => called(director, 'set_service_secrets'))
    .toEqual([{ service: 'web', secrets: ['SMTP_PASSWORD', 'API_KEY'] }]);

  await page.getByLabel('Path').fill('health');
  await expect(page.getByText('A path that begins with / is expected.')).toBeVisible();
  await page.getByLabel('Path').fill('/health');
  await page.getByLabel('Seconds it may take').fill('2.5');
  await page.getByRole('region', { name: 'Health check' }).getByRole('button', { name: 'Apply' }).click();
  await expect
    .poll(() => called(director, 'set_health_check'))
    .toEqual([{ service: 'web', healthCheck: { path: '/health', timeoutMs: 2500 } }]);

  const script = page.getByLabel('Script', { exact: true });
  await expect(script).toHaveValue(/mkdir -p/);
  await script.fill('echo tried');
  await page.getByRole('button', { name: 'Dry run' }).click();
  await expect(page.getByLabel('Output of the dry run')).toContainText('made the cache');
  await expect(page.getByText('✓ It ended well after 0.4 s.')).toBeVisible();
  await expect(page.getByText('It would change 1 path: cache/')).toBeVisible();
  await page.screenshot({ path: info.outputPath('script.png'), fullPage: true });
  expect(called(director, 'dry_run_script')).toEqual([{ service: 'web', script: 'echo tried', network: false }]);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Find and do' }).fill('set the startup script');
  await expect(page.getByRole('option', { selected: true })).toContainText('Set the startup script of web');
  await page.keyboard.press('Enter');
  await expect.poll(() => called(director, 'write_startup_script')).toEqual([{ service: 'web', script: 'echo tried' }]);
  expect(problemsOf(page)).toEqual([]);
});

test('code versions: compare, download, roll back with Undo, delete by name', async ({
  director,
  desktop,
  page,
}, info) => {
  await open(director, page, 'web', 'code');
  await page.getByRole('button', { name: 'More for v1' }).click();
  await page.getByRole('menuitem', { name: 'Compare…' }).click();
  const compare = page.getByRole('dialog', { name: 'What v1 changes' });
  await expect(compare).toContainText('Difference to v2: 1 changed, 1 new, 1 removed');
  await compare.getByRole('button', { name: 'Show' }).click();
  await expect(compare.getByLabel('Files that differ')).toContainText('− old.php');
  await compare.getByRole('button', { name: 'Close' }).click();

  const file = info.outputPath('saved.zip');
  await choose(desktop, file);
  await page.getByRole('button', { name: 'More for v1' }).click();
  await page.getByRole('menuitem', { name: 'Download…' }).click();
  await expect(page.getByText('saved.zip: 10 B saved.')).toBeVisible();
  expect(await readFile(file, 'utf8')).toBe('an archive');

  await page.getByRole('tabpanel').getByRole('button', { name: 'Roll back to v1' }).click();
  await expect.poll(() => called(director, 'activate_code_version')).toEqual([{ service: 'web', version: 'v1' }]);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => called(director, 'activate_code_version').at(-1)).toEqual({ service: 'web', version: 'v2' });

  // The same by the palette.
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Find and do' }).fill('delete v1');
  await expect(page.getByRole('option', { selected: true })).toContainText('Delete v1 of web…');
  await page.keyboard.press('Enter');
  const ask = page.getByRole('dialog', { name: 'Delete v1 of web' });
  await ask.getByRole('textbox').fill('v1');
  await ask.getByRole('button', { name: 'Delete' }).click();
  await expect.poll(() => called(director, 'delete_code_version')).toEqual([{ service: 'web', version: 'v1' }]);
});

test('every method is a form, and its result is readable', async ({ director, desktop, page }, info) => {
  await open(director, page, 'web', 'methods');
  await page.getByRole('button', { name: /^get_configuration/ }).click();
  const query = page.getByRole('region', { name: 'get_configuration' });
  await query.getByRole('button', { name: 'Ask' }).click();
  await expect(query.getByRole('status')).toContainText('Memory limit');
  await expect(query.getByRole('status')).not.toContainText('{');
  await page.getByRole('button', { name: /^set_debug/ }).click();
  const command = page.getByRole('region', { name: 'set_debug' });
  await command.getByRole('button', { name: 'Do it' }).click();
  await expect(command.getByText('This is needed.')).toBeVisible();
  await command.getByLabel('Debug').click();
  await page.getByRole('option', { name: 'yes' }).click();
  await page.getByRole('tab', { name: 'Nodes' }).click();
  await page.getByRole('tab', { name: 'Methods unsaved changes' }).click();
  await expect(page.getByRole('button', { name: /^set_debug.* unsaved changes/ })).toBeVisible();
  await expect(command.getByRole('button', { name: 'Discard' })).toBeVisible();
  await command.getByRole('button', { name: 'Copy as conpaas call' }).click();
  await expect
    .poll(() => desktop.evaluate(({ clipboard }) => clipboard.readText()))
    .toBe(`conpaas call guestbook/web set_debug '{"debug":true}'`);
  await command.getByRole('button', { name: 'Do it' }).click();
  await expect.poll(() => called(director, 'set_debug')).toEqual([{ service: 'web', debug: true }]);
  // What was sent is no draft any more, and stays in the fields.
  await expect(page.getByRole('tab', { name: 'Methods', exact: true })).toBeVisible();
  await expect(command.getByText('yes', { exact: true })).toBeVisible();
  await page.screenshot({ path: info.outputPath('methods.png') });
});

test('the panel of a database: connection, password past the page, dumps in and out, figures', async ({
  director,
  desktop,
  page,
}, info) => {
  await open(director, page, 'db', 'panel');
  await expect(page.getByText('mariadb --host 127.41.0.8')).toBeVisible();
  await expect(page.getByRole('table', { name: 'Queries per second' })).toContainText('120/s');
  await expect(page.getByRole('table', { name: 'Sizes' })).toContainText('4.1 MB');
  await page.screenshot({ path: info.outputPath('database.png'), fullPage: true });
  await page.getByRole('button', { name: 'Copy the password' }).click();
  await expect
    .poll(() => desktop.evaluate(({ clipboard }) => clipboard.readText()))
    .toBe('correct horse battery staple');
  // Shown by the main process alone, which asks first.
  await desktop.evaluate(({ dialog }) => {
    const asked: unknown[] = [];
    Object.assign(globalThis, { asked });
    Object.assign(dialog, {
      showMessageBox: (_window: unknown, { title, message, detail, buttons }: Electron.MessageBoxOptions) => {
        asked.push({ title, message, detail, buttons });
        return Promise.resolve({ response: 0 });
      },
    });
  });
  await page.getByRole('button', { name: 'Show the password' }).click();
  await expect
    .poll(() => desktop.evaluate(() => (globalThis as unknown as { asked: unknown[] }).asked))
    .toEqual([
      {
        title: 'Password of db',
        message: 'Show the password of db?',
        detail: 'Whoever sees your screen can read it.',
        buttons: ['Show', 'Copy for 30 seconds', 'Cancel'],
      },
      { title: 'Password of db', message: 'correct horse battery staple', buttons: ['Close'] },
    ]);
  // The page itself may not ask for it.
  const refused = await page.evaluate(async () => {
    const port = await new Promise<MessagePort>((resolve) => {
      window.addEventListener('message', ({ ports: [first] }) => first && resolve(first), { once: true });
      void window.conpaas.connect();
    });
    return new Promise((resolve) => {
      port.onmessage = ({ data }) => data.id === 1 && resolve(data);
      const params = { service: 'db', reveal: true };
      port.postMessage({
        id: 1,
        call: 'manager',
        params: { application: 'app-guestbook', method: 'get_connection', params },
      });
    });
  });
  expect(refused).toMatchObject({ failure: { code: 'forbidden' } });
  await page.reload();
  await expect(page.getByText('mariadb --host 127.41.0.8')).toBeVisible();

  await page.getByRole('button', { name: 'Change…' }).click();
  await page.getByLabel('New password').fill('a new password');
  await page.getByRole('button', { name: 'Change', exact: true }).click();
  await expect.poll(() => called(director, 'set_password')).toEqual([{ service: 'db', password: 'a new password' }]);

  const file = info.outputPath('db.sql.gz');
  await choose(desktop, file);
  await page.getByRole('button', { name: 'Take a dump…' }).click();
  await expect.poll(() => readFile(file, 'utf8').catch(() => '')).toBe('CREATE TABLE t (a INT);\n');
  expect(called(director, 'dump')).toEqual([{ service: 'db', gzip: true }]);
  await choose(desktop, file);
  await page.getByRole('button', { name: 'Load a dump…' }).click();
  await page.getByRole('button', { name: 'Load into db' }).click();
  await expect.poll(() => called(director, 'load_dump')).toMatchObject([{ service: 'db', name: 'db.sql.gz' }]);
  await expect(page.getByRole('heading', { name: 'Load db.sql.gz into db' })).toBeVisible();
});

for (const theme of ['light', 'dark'] as const) {
  test(`every part of the page is accessible and keeps the policy, ${theme}`, async ({ director, page }, info) => {
    test.slow();
    await themed(page, theme);
    const check = async (name: string): Promise<void> => {
      await page.screenshot({ path: info.outputPath(`${name}.png`) });
      expect.soft(await violations(page), `${name} (${theme})`).toEqual([]);
    };
    await open(director, page, 'web', 'nodes');
    await expect(page.getByRole('row', { name: /web-backend-1/ })).toBeVisible();
    await page.getByRole('button', { name: 'One backend more' }).click();
    await check('nodes');
    await page.getByRole('button', { name: 'web-backend-1', exact: true }).click();
    await check('node');
    await page.keyboard.press('Escape');
    await open(director, page, 'web', 'code');
    await expect(page.getByRole('cell', { name: 'Faster first page' })).toBeVisible();
    await check('code');
    await open(director, page, 'web', 'configuration');
    await expect(page.getByLabel('Script', { exact: true })).toBeVisible();
    await check('configuration');
    await open(director, page, 'web', 'methods');
    await page.getByRole('button', { name: /^set_debug/ }).click();
    await check('methods');
    await open(director, page, 'db', 'panel');
    await expect(page.getByRole('table', { name: 'Sizes' })).toBeVisible();
    await expect(page.getByText('mariadb --host')).toBeVisible();
    await check('panel');
    director.fail('get_connection', { code: 'conflict', message: 'The database has no address yet.', retry: true });
    director.fail('get_statistics', { code: 'unreachable', message: 'The agent is away.', retry: true });
    await open(director, page, 'db', 'nodes');
    await open(director, page, 'db', 'panel');
    await expect(page.getByRole('alert').first()).toBeVisible();
    await check('panel failed');
    expect(problemsOf(page)).toEqual([]);
  });
}

test('a secret that was copied is taken out of the clipboard when the program is quit', async ({ director }, info) => {
  await using opened = await openDesktop(director.dataDirectory);
  const { desktop } = opened;
  const page = await watched(desktop);
  await open(director, page, 'db', 'panel');
  await page.getByRole('button', { name: 'Copy the password' }).click();
  await expect
    .poll(() => desktop.evaluate(({ clipboard }) => clipboard.readText()))
    .toBe('correct horse battery staple');
  const file = info.outputPath('clipboard.txt');
  await desktop.evaluate(({ app, clipboard }, left) => {
    app.on('quit', () => process.getBuiltinModule('node:fs').writeFileSync(left, `left: ${clipboard.readText()}`));
  }, file);
  const closed = desktop.waitForEvent('close');
  await desktop.evaluate(({ app }) => app.quit()).catch(() => undefined); // it may be gone before it answers
  await closed;
  expect(await readFile(file, 'utf8')).toBe('left: ');
});
