/** Getting about: the switcher, the palette, keys, links, and a window that opens as it was closed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { ElectronApplication } from '@playwright/test';
import { choose } from './choose.ts';
import { expect, openDesktop, problemsOf, test, watched } from './fixture.ts';
import { goTo, narrow, sideways, sized, themed, twice, violations } from './looking.ts';
import { applicationOf, operationOf, startScriptedDirector } from './scripted/index.ts';

/** As when a second program is started with an argument: the first one gets it. */
async function startSecond(dataDirectory: string, argument: string): Promise<void> {
  const electron = createRequire(import.meta.url)('electron') as unknown as string;
  const root = process.env['CONPAAS_WINDOW_ROOT'] ?? path.resolve(import.meta.dirname, '../..');
  const second = spawn(electron, [root, '--no-sandbox', '--disable-gpu', argument], {
    env: { ...process.env, CONPAAS_HOME: dataDirectory },
    stdio: 'ignore',
  });
  await once(second, 'exit');
}

test('directors are switched at the top: the page stays, its data changes; links lead to any of them', async ({
  director: home,
}, info) => {
  test.slow();
  await using cloud = await startScriptedDirector({
    dataDirectory: home.dataDirectory,
    deployment: 'd-second',
    name: 'eu-west',
  });
  home.put(applicationOf({ name: 'guestbook' }));
  cloud.put(applicationOf({ name: 'shop' }));
  await using opened = await openDesktop(home.dataDirectory);
  const page = await watched(opened.desktop);
  await expect(page.getByRole('link', { name: 'guestbook' })).toBeVisible();

  const switcher = page.getByRole('button', { name: /^Director/ });
  await expect(switcher).toContainText('this-computer');
  await switcher.click();
  const menu = page.getByRole('menu', { name: 'Directors' });
  await expect(menu.getByRole('menuitem', { name: /eu-west/ })).toContainText('connected');
  await page.screenshot({ path: info.outputPath('switcher.png') });
  expect(await violations(page)).toEqual([]);
  await menu.getByRole('menuitem', { name: /eu-west/ }).click();
  await expect(page.getByRole('link', { name: 'shop' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'guestbook' })).toHaveCount(0);
  await expect(page.getByRole('heading', { level: 1, name: 'Applications' })).toBeVisible();

  // Changes of the other one do not show here.
  home.put(applicationOf({ name: 'elsewhere' }));
  cloud.put(applicationOf({ name: 'here' }));
  await expect(page.getByRole('link', { name: 'here', exact: true })).toBeVisible();
  await expect(page.getByRole('link', { name: 'elsewhere' })).toHaveCount(0);

  // A link leads to the other director, its application and service; it does nothing.
  const before = [...home.calls, ...cloud.calls].length;
  await startSecond(home.dataDirectory, 'conpaas://open/this-computer/app/guestbook/service/web');
  await expect(page.getByRole('heading', { level: 1, name: 'web' })).toBeVisible();
  await expect(switcher).toContainText('this-computer');
  const since = [...home.calls, ...cloud.calls].slice(before).map(({ name }) => name);
  expect(since.filter((name) => !/^(get|list)_/.test(name))).toEqual([]);
  await startSecond(home.dataDirectory, 'conpaas://open/nowhere/app/guestbook');
  await expect(page.getByText('which is not a director of this desktop')).toBeVisible();
  await expect(page.getByRole('heading', { level: 1, name: 'web' })).toBeVisible();

  // The draft of an application stays that of its own director.
  await goTo(page, '#/applications/app-guestbook/manifest');
  await page.getByRole('region', { name: 'Form of the manifest' }).getByLabel('Description').fill('Mine');
  await goTo(page, '#/editor');
  await switcher.click();
  await menu.getByRole('menuitem', { name: /eu-west/ }).click();
  await page.getByRole('button', { name: /guestbook.*manifest of an application/ }).click();
  await expect(page.getByText('This application runs at this-computer, and the window shows eu-west.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Plan', exact: true }).last()).toBeDisabled();
  await page.screenshot({ path: info.outputPath('elsewhere.png') });
  await page.getByRole('button', { name: 'Show this-computer' }).click();
  await expect(page.getByText('This application runs at this-computer')).toHaveCount(0);
  await page.getByRole('button', { name: 'Plan', exact: true }).last().click();
  await expect(page.getByRole('list', { name: 'Plan' })).toContainText('guestbook');
  expect(cloud.calls.map(({ name }) => name)).not.toContain('plan_manifest');

  // One is out of reach: the other goes on.
  await cloud.stop();
  await switcher.click();
  await expect(menu.getByRole('menuitem', { name: /eu-west/ })).toContainText('out of reach');
  await menu.getByRole('menuitem', { name: /eu-west/ }).click();
  await expect(page.getByText('The director does not answer.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Retry now' })).toBeVisible();
  await page.screenshot({ path: info.outputPath('out-of-reach.png') });

  // "Add…" is the welcome page beside the sidebar.
  await switcher.click();
  await menu.getByRole('menuitem', { name: 'Add…' }).click();
  await expect(page.getByRole('button', { name: 'Try it on this computer' })).toBeVisible();
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
  expect(problemsOf(page)).toEqual([]);
});

test('the palette finds and does; keys too; the menu shows the same actions', async ({
  director,
  page,
  desktop,
}, info) => {
  test.slow();
  director.put(applicationOf({ name: 'guestbook' }));
  await page.getByRole('link', { name: 'guestbook' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'guestbook' })).toBeVisible();
  // All that is typed counts, from the first letter: the palette itself is only fetched then.
  await page.keyboard.press('Control+k');
  await page.keyboard.type('guestbook');
  await expect(page.getByRole('combobox', { name: 'Find and do' })).toHaveValue('guestbook');
  await page.keyboard.press('Escape');
  for (const theme of ['light', 'dark'] as const) {
    await themed(page, theme);
    await expect(page.getByRole('heading', { level: 1, name: 'guestbook' })).toBeVisible();
    await page.keyboard.press('Control+k');
    const field = page.getByRole('combobox', { name: 'Find and do' });
    await expect(field).toBeFocused();
    await field.fill('stop');
    await expect(page.getByRole('option', { selected: true })).toContainText('Stop guestbook');
    await page.screenshot({ path: info.outputPath(`palette-${theme}.png`) });
    expect(await violations(page), `palette, ${theme}`).toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog', { name: 'Keys on this page' })).toContainText('Rename guestbook');
    await page.screenshot({ path: info.outputPath(`keys-${theme}.png`) });
    expect(await violations(page), `keys, ${theme}`).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await expect(page.getByRole('menu')).toBeVisible();
    expect(await violations(page), `menu, ${theme}`).toEqual([]);
    await page.getByRole('menuitem', { name: 'Delete…' }).click();
    await expect(page.getByRole('dialog', { name: 'Delete guestbook?' })).toBeVisible();
    expect(await violations(page), `dialog, ${theme}`).toEqual([]);
    await page.keyboard.press('Escape');
  }

  // The command of an action, copied instead of done.
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Find and do' }).fill('stop guestbook');
  await page.keyboard.press('Alt+c');
  await expect(page.getByText('Copied: conpaas app stop guestbook')).toBeVisible();
  expect(await desktop.evaluate(({ clipboard }) => clipboard.readText())).toBe('conpaas app stop guestbook');
  expect(director.calls.map(({ name }) => name)).not.toContain('stop_application');

  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Find and do' }).fill('copy the address');
  await expect(page.getByRole('option', { selected: true })).toContainText('Copy the address of guestbook');
  await page.keyboard.press('Enter');
  await expect.poll(() => desktop.evaluate(({ clipboard }) => clipboard.readText())).toBe('http://127.41.0.2');

  // Done, and taken back by a new operation.
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Find and do' }).fill('stop guestbook');
  await page.keyboard.press('Enter');
  await expect.poll(() => director.calls.map(({ name }) => name)).toContain('stop_application');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => director.calls.map(({ name }) => name)).toContain('start_application');

  // A node, then an object; F1 leads to the help on it.
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Find and do' }).fill('web-backend-2');
  await expect(page.getByRole('option', { name: 'Node web-backend-2 of guestbook' })).toBeVisible();
  await expect(page.getByRole('option', { name: 'Action Terminal on web-backend-2 of guestbook' })).toBeVisible();
  await expect(page.getByRole('option', { name: 'Action Logs of web-backend-2 of guestbook' })).toBeVisible();
  // Of however many applications: the director finds it, and only what fits comes to the page.
  for (let number = 1; number <= 40; number += 1) director.put(applicationOf({ name: `shop-${number}` }));
  await page.getByRole('combobox', { name: 'Find and do' }).fill('terminal backend-2 shop-37');
  await expect(page.getByRole('option', { selected: true })).toHaveText('ActionTerminal on web-backend-2 of shop-37');
  await page.getByRole('combobox', { name: 'Find and do' }).fill('web of guest');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'web' })).toBeVisible();
  await page.keyboard.press('F1');
  await expect(page.locator('#topic-service')).toBeInViewport();
  await page.getByRole('searchbox', { name: 'Search the help' }).fill('drained first');
  await expect(page.locator('section[id^="topic-"]')).toHaveCount(1);

  // The page tells its actions a moment after it has drawn them.
  const labels = () =>
    desktop.evaluate(({ Menu }) =>
      (Menu.getApplicationMenu()?.items ?? []).flatMap(({ submenu }) => submenu?.items.map(({ label }) => label) ?? []),
    );
  const shown = ['Find and do…', 'New application…', 'Diagnostics…', 'Keys'];
  await expect.poll(labels).toEqual(expect.arrayContaining(shown));
  expect(problemsOf(page)).toEqual([]);
});

test('the diagnostics are shown before they are saved, and tell no names', async ({
  director,
  page,
  desktop,
}, info) => {
  director.put(applicationOf({ name: 'guestbook' }));
  // The state that is collected is that of now: connected.
  await expect(page.getByRole('link', { name: 'guestbook' })).toBeVisible();
  await goTo(page, '#/help');
  await expect(page.getByRole('button', { name: /^Director .* connected$/ })).toBeVisible();
  await page.getByRole('button', { name: 'Diagnostics…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Diagnostics' });
  await dialog.getByRole('button', { name: 'state.txt' }).click();
  await expect(dialog.getByText('session: connected')).toBeVisible();
  await expect(dialog.getByText('guestbook')).toHaveCount(0);
  await page.screenshot({ path: info.outputPath('diagnostics.png') });
  expect(await violations(page)).toEqual([]);
  const file = info.outputPath('diagnostics.zip');
  await choose(desktop, file);
  await dialog.getByRole('button', { name: 'Save…' }).click();
  await expect(page.getByText('Diagnostics saved.')).toBeVisible();
  expect((await readFile(file)).subarray(0, 2).toString()).toBe('PK');
});

test('the window opens as it was closed; a place off every screen is not taken', async ({ director }, info) => {
  test.slow();
  director.put(applicationOf({ name: 'guestbook' }));
  const bounds = (desktop: ElectronApplication) =>
    desktop.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getNormalBounds());
  {
    await using opened = await openDesktop(director.dataDirectory);
    const page = await watched(opened.desktop);
    await expect(page.getByRole('link', { name: 'guestbook' })).toBeVisible();
    await goTo(page, '#/settings');
    await page.getByRole('radio', { name: 'Compact' }).check();
    await page.getByRole('radiogroup', { name: 'Proxy' }).getByRole('radio', { name: 'This one' }).check();
    await page.getByLabel('Address of the proxy').fill('http://ann:secret@proxy.example.org:3128');
    await page.keyboard.press('Enter');
    await expect(page.getByText('without a password')).toBeVisible();
    await page.getByLabel('Address of the proxy').fill('http://proxy.example.org:3128');
    await page.keyboard.press('Enter');
    // Also of a session that is made later, as the one of updates.
    for (const partition of ['', 'updates']) {
      const proxyOf = (electron: typeof import('electron'), name: string) =>
        electron.session.fromPartition(name).resolveProxy('https://updates.example.org');
      await expect.poll(() => opened.desktop.evaluate(proxyOf, partition)).toBe('PROXY proxy.example.org:3128');
    }
    await page.getByRole('radio', { name: 'Dark' }).check();
    await page.screenshot({ path: info.outputPath('settings.png') });
    await opened.desktop.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      window?.setBounds({ x: 40, y: 60, width: 1000, height: 700 });
      window?.webContents.setZoomFactor(1.25);
    });
    await expect.poll(() => bounds(opened.desktop)).toEqual({ x: 40, y: 60, width: 1000, height: 700 });
  }
  {
    await using opened = await openDesktop(director.dataDirectory, { memory: 'kept' });
    const page = await watched(opened.desktop);
    await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible();
    expect(await bounds(opened.desktop)).toEqual({ x: 40, y: 60, width: 1000, height: 700 });
    const shown = await page.evaluate(() => ({ ...document.documentElement.dataset, stored: localStorage.length }));
    expect(shown).toEqual({ theme: 'dark', density: 'compact', stored: 0 });
    const zoom = await opened.desktop.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.webContents.getZoomFactor(),
    );
    expect(zoom).toBeCloseTo(1.25);
    // Reset asks first.
    await page.getByRole('button', { name: 'Reset settings…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Reset', exact: true }).click();
    await expect(page.getByRole('radio', { name: 'Comfortable' })).toBeChecked();
  }
  const file = path.join(director.dataDirectory, 'window.json');
  const memory = JSON.parse(await readFile(file, 'utf8')) as object;
  await writeFile(file, JSON.stringify({ ...memory, x: 9000, y: 9000 }));
  {
    await using opened = await openDesktop(director.dataDirectory, { memory: 'kept' });
    await watched(opened.desktop);
    const place = await bounds(opened.desktop);
    expect(place?.x).toBeLessThan(3000);
    expect(place?.y).toBeLessThan(3000);
  }
});

test('nothing scrolls sideways when zoomed or small; forced colours and less motion are kept to', async ({
  director,
  page,
  desktop,
}, info) => {
  test.slow();
  director.put(applicationOf({ name: 'guestbook' }));
  director.putOperation(operationOf({ title: 'Apply guestbook', target: { application: 'app-guestbook' } }));
  const hashes = [
    '#/applications',
    '#/applications/app-guestbook',
    '#/applications/app-guestbook/services/web',
    '#/new',
  ];
  hashes.push('#/applications/app-guestbook/services/web/code', '#/activity', '#/settings', '#/help', '#/methods');
  for (const [name, size] of Object.entries({ twice, narrow })) {
    await sized(desktop, page, size);
    for (const hash of hashes) {
      await goTo(page, hash);
      await expect(page.locator('main h1')).toBeVisible();
      await expect(page.locator('main [aria-busy="true"]')).toHaveCount(0);
      await page.screenshot({ path: info.outputPath(`${name}${hash.replaceAll('/', '-')}.png`) });
      expect.soft(await sideways(page), `${hash}, ${name}`).toBeLessThanOrEqual(0);
    }
  }

  // Every stop of the keyboard is on the screen and marked.
  await goTo(page, '#/settings');
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeFocused();
  for (let stop = 0; stop < 12; stop += 1) {
    await page.keyboard.press('Tab');
    const seen = await page.evaluate(() => {
      const focused = document.activeElement;
      if (!focused || focused === document.body) return 'nothing';
      const { left, top, width, height } = focused.getBoundingClientRect();
      const at = document.elementFromPoint(left + width / 2, top + height / 2);
      return at && (focused.contains(at) || at.contains(focused))
        ? 'seen'
        : `covered: ${focused.outerHTML.slice(0, 120)}`;
    });
    expect.soft(seen).not.toContain('covered');
  }

  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setEmulatedMedia', {
    features: [
      { name: 'forced-colors', value: 'active' },
      { name: 'prefers-reduced-motion', value: 'reduce' },
    ],
  });
  await goTo(page, '#/applications');
  const current = page.getByRole('link', { name: 'Applications' });
  await expect(current).toHaveCSS('outline-style', 'solid');
  const duration = await page
    .getByRole('button', { name: 'New application' })
    .evaluate((element) => Number.parseFloat(getComputedStyle(element).transitionDuration));
  expect(duration).toBeLessThan(0.001);
  await page.screenshot({ path: info.outputPath('forced-colours.png') });
  expect(problemsOf(page)).toEqual([]);
});

test('a manifest file that the desktop opens is offered, and a long operation that ends is told', async ({
  director,
  page,
  desktop,
}, info) => {
  const manifest = info.outputPath('visitors.conpaas');
  await writeFile(
    manifest,
    JSON.stringify({ Version: 1, Application: 'visitors', Services: [{ Type: 'php', ServiceName: 'web', Start: 1 }] }),
  );
  await startSecond(director.dataDirectory, manifest);
  await expect(page.locator('main')).toContainText('visitors');
  expect(director.calls.map(({ name }) => name)).not.toContain('apply_manifest');

  await desktop.evaluate(({ Notification, BrowserWindow }) => {
    const told: string[] = [];
    Object.assign(globalThis, { told });
    Notification.prototype.show = function show(this: { title: string }) {
      told.push(this.title);
    };
    for (const window of BrowserWindow.getAllWindows()) window.isFocused = () => false;
  });
  await page.evaluate(() => {
    document.hasFocus = () => false;
  });
  const operation = operationOf({ title: 'Add 2 backends', startedAt: Date.now() - 20_000 });
  director.putOperation(operation);
  await goTo(page, '#/activity');
  await expect(page.getByText('Add 2 backends')).toBeVisible();
  director.putOperation({ ...operation, state: 'done', cancellable: false, endedAt: Date.now() });
  await expect
    .poll(() => desktop.evaluate(() => (globalThis as unknown as { told: string[] }).told))
    .toEqual(['Done: Add 2 backends']);
});
