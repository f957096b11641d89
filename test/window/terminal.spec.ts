/** The terminal in the dock, against a shell that the test plays. */
import type { Page } from '@playwright/test';
import { expect, problemsOf, test } from './fixture.ts';
import { goTo, themed, violations } from './looking.ts';
import { applicationOf, type ScriptedDirector } from './scripted/index.ts';

/** Opens a terminal from the list of nodes, and waits for its shell. */
async function open(page: Page, director: ScriptedDirector, number = 0) {
  await page.getByRole('button', { name: 'Terminal on web-backend-1' }).click();
  await expect.poll(() => director.terminals.length).toBe(number + 1);
  const shell = director.terminals[number];
  if (!shell) throw new Error('no terminal');
  await expect(page.getByText(/^Connected to/)).toBeVisible();
  return shell;
}

async function goToApplication(page: Page, director: ScriptedDirector): Promise<void> {
  director.put(applicationOf({ name: 'guestbook' }));
  await expect(page.getByRole('link', { name: 'guestbook' })).toBeVisible();
  await goTo(page, '#/applications/app-guestbook');
  await expect(page.getByRole('button', { name: 'Terminal on web-backend-1' })).toBeVisible();
}

const shown = (page: Page) => page.locator('.xterm-rows');

async function paste(page: Page, text: string): Promise<void> {
  await page.evaluate((value) => {
    const data = new DataTransfer();
    data.setData('text/plain', value);
    document
      .querySelector('.xterm-helper-textarea')
      ?.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  }, text);
}

test('a shell in the dock: keys, size, several at once, other pages, its end', async ({
  director,
  page,
  desktop,
}, info) => {
  await goToApplication(page, director);
  const shell = await open(page, director);
  shell.show('web-backend-1:/code$ ');
  await expect(shown(page)).toContainText('web-backend-1:/code$');
  await page.keyboard.type('echo ünï');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Control+c');
  await page.keyboard.press('Tab');
  await expect.poll(() => shell.typed()).toBe('echo ünï\r\u0003\t');

  // it keeps to the dock's size
  const small = shell.sizes.at(-1);
  await page.getByRole('button', { name: 'Make the dock larger' }).click();
  await expect.poll(() => shell.sizes.at(-1)?.rows ?? 0).toBeGreaterThan(small?.rows ?? 0);
  await page.getByRole('button', { name: 'Make the dock smaller' }).click();
  await expect.poll(() => shell.sizes.at(-1)?.rows ?? Number.NaN).toBeLessThanOrEqual(small?.rows ?? 0);

  // a second one, and another page: the first lives on
  const second = await open(page, director, 1);
  second.show('the second');
  await expect(shown(page)).toContainText('the second');
  await goTo(page, '#/activity');
  shell.show('while nobody looked\r\n');
  await page.getByRole('button', { name: 'web-backend-1', exact: true }).first().click();
  await expect(shown(page)).toContainText('while nobody looked');

  // out of it by key, and in again
  await page.locator('.xterm-helper-textarea').focus();
  await page.keyboard.press('Control+Shift+E');
  await expect(page.getByLabel('Read out')).toBeFocused();
  await page.getByLabel('Read out').check();
  await expect(page.locator('.xterm-accessibility')).toContainText('while nobody looked');
  await page.getByLabel('Read out').uncheck();

  // copy takes the selection
  await shown(page).getByText('while nobody looked').click({ clickCount: 3, force: true });
  await page.keyboard.press('Control+Shift+C');
  await expect.poll(() => desktop.evaluate(({ clipboard }) => clipboard.readText())).toContain('while nobody looked');

  // its end, and another after it
  shell.end(3);
  await expect(page.getByText('The shell has ended with exit code 3.')).toBeVisible();
  await page.screenshot({ path: info.outputPath('ended.png') });
  await page.getByRole('button', { name: 'Open again' }).click();
  await expect.poll(() => director.terminals.length).toBe(3);
  director.terminals[2]?.fail({ code: 'not_found', message: 'The node web-backend-1 was removed.' });
  await expect(page.getByText('The node is gone')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Retry' })).toHaveCount(0);
  expect(problemsOf(page)).toEqual([]);
});

test('what hostile output and pastes may not do; a lost connection is offered again', async ({
  director,
  page,
  desktop,
}, info) => {
  await goToApplication(page, director);
  await desktop.evaluate(({ clipboard }) => clipboard.writeText('mine'));
  const opened: string[] = [];
  await desktop.evaluate(({ shell }) => {
    Object.assign(globalThis, { opened: [] });
    shell.openExternal = async (url) => void (globalThis as unknown as { opened: string[] }).opened.push(url);
  });
  const shell = await open(page, director);
  const secret = Buffer.from('stolen').toString('base64');
  shell.show(
    `\u001b]52;c;${secret}\u0007\u001b]52;c;?\u0007\u001b]10;?\u0007\u001b]4;1;?\u0007\u001bP$qm\u001b\\\u001b[21t\u001b[18t\u001b]0;a title\u0007`,
  );
  shell.show(
    '\u001b]8;;javascript:alert(1)\u0007bad link\u001b]8;;\u0007 \u001b]8;;https://example.org/x\u0007good link\u001b]8;;\u0007\r\ndone',
  );
  await expect(shown(page)).toContainText('done');
  expect(shell.typed()).toBe(''); // nothing was answered as if typed
  expect(await desktop.evaluate(({ clipboard }) => clipboard.readText())).toBe('mine');
  expect(await page.title()).not.toContain('a title');
  await shown(page).getByText('bad link').click({ force: true });
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await shown(page).getByText('good link').hover({ force: true });
  await shown(page).getByText('good link').click({ force: true });
  await expect(page.getByRole('dialog', { name: 'Open this link?' })).toContainText('https://example.org/x');
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await expect
    .poll(() => desktop.evaluate(() => (globalThis as unknown as { opened: string[] }).opened))
    .toEqual([...opened, 'https://example.org/x']);

  // one line goes in at once, several ask
  await paste(page, 'one word');
  await expect.poll(() => shell.typed()).toBe('one word');
  await paste(page, 'rm -rf x\nls\u001b[201~\n');
  const question = page.getByRole('dialog', { name: 'Paste 2 lines?' });
  await expect(question).toContainText('1 control character will be left out');
  expect(await violations(page)).toEqual([]);
  await page.screenshot({ path: info.outputPath('paste.png') });
  await question.getByRole('button', { name: 'Cancel' }).click();
  expect(shell.typed()).toBe('one word');
  await paste(page, 'a\nb\n');
  await page.getByRole('button', { name: 'Paste', exact: true }).click();
  await expect.poll(() => shell.typed()).toBe('one worda\rb\r');

  // much output is taken in, all of it
  for (let piece = 0; piece < 40; piece += 1) shell.show(`${'0123456789'.repeat(8)}\r\n`.repeat(500));
  shell.show('the last line');
  await expect(shown(page)).toContainText('the last line');

  shell.fail({ code: 'unreachable', message: 'The connection broke. Try again.', retry: true });
  await expect(page.getByText('The terminal has ended')).toBeVisible();
  await page.getByRole('button', { name: 'Retry' }).click();
  await expect(page.getByText(/^Connected to/)).toBeVisible();
  expect(problemsOf(page)).toEqual([]);
});

for (const theme of ['light', 'dark'] as const) {
  test(`is accessible and keeps the policy, ${theme}`, async ({ director, page }, info) => {
    director.put(applicationOf({ name: 'guestbook' }));
    await themed(page, theme);
    await goToApplication(page, director);
    const shell = await open(page, director);
    const colours = Array.from(
      { length: 16 },
      (_, n) => `\u001b[${n < 8 ? 30 + n : 82 + n}mcolour ${n}\u001b[0m `,
    ).join('');
    shell.show(`web-backend-1:/code$ ls --color\r\n${colours}\r\n\u001b[1mbold\u001b[0m \u001b[7minverse\u001b[0m\r\n`);
    await expect(shown(page)).toContainText('inverse');
    await page.screenshot({ path: info.outputPath(`terminal-${theme}.png`) });
    expect(await violations(page)).toEqual([]);
    expect(problemsOf(page)).toEqual([]);
  });
}
