/** Moving an application: where to, what that means, what it says while it is not done, and how it ends. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, openDesktop, problemsOf, test, watched } from './fixture.ts';
import { accessible, narrow, shoot, sized } from './looking.ts';
import { applicationOf, startScriptedDirector } from './scripted/index.ts';

test('a move is planned, fails there, is taken back; one that has switched waits for its confirmation', async ({
  director: home,
}, info) => {
  test.slow();
  await using office = await startScriptedDirector({
    dataDirectory: home.dataDirectory,
    deployment: 'd-second',
    name: 'office',
  });
  const guestbook = applicationOf({ name: 'guestbook' });
  home.put(guestbook);
  await using opened = await openDesktop(home.dataDirectory);
  const page = await watched(opened.desktop);
  await page.getByRole('link', { name: 'guestbook' }).click();
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Move…' }).click();

  const dialog = page.getByRole('dialog', { name: 'Move guestbook' });
  await expect(dialog.getByRole('radio', { name: /office/ })).toBeChecked();
  const plan = dialog.getByRole('region', { name: 'What happens' });
  for (const text of [
    '1 file of code and 2 secrets',
    'Cost there: +0.041',
    'db can be read but not written',
    'have guestbook.example.org lead to the new address',
    'sessions of its visitors, do not come along',
  ]) {
    await expect(plan).toContainText(text);
  }
  await shoot(page, info, 'dialog');
  await accessible(page, 'dialog');

  office.fail('create_application', { code: 'cloud_failed', message: 'The quota of machines is used up.' });
  await dialog.getByRole('button', { name: 'Move', exact: true }).click();
  await expect(dialog).toHaveCount(0);
  const line = page.getByRole('status', { name: 'Move', exact: true });
  await expect(line).toContainText('The move of guestbook to office was cut short. What is here counts.');
  await expect(page.getByText('The quota of machines is used up.').first()).toBeVisible();
  await sized(opened.desktop, page, narrow);
  await shoot(page, info, 'cut short');
  await accessible(page, 'cut short');

  // Going on fails for the same reason; then it is taken back.
  const attempts = () => office.calls.filter(({ name }) => name === 'create_application').length;
  const before = attempts();
  await line.getByRole('button', { name: 'Go on' }).click();
  await expect.poll(attempts).toBeGreaterThan(before);
  await expect(line.getByRole('button', { name: 'Take it back…' })).toBeVisible();
  await line.getByRole('button', { name: 'Take it back…' }).click();
  const undo = page.getByRole('dialog', { name: 'Take back the move of guestbook?' });
  await undo.getByRole('textbox').fill('guestbook');
  await undo.getByRole('button', { name: 'Take it back' }).click();
  await expect(line).toHaveCount(0);
  await expect.poll(() => home.calls.some(({ name }) => name === 'thaw_data')).toBe(true);
  expect(office.applications.size).toBe(0);

  // As a command has left it: the new one counts.
  const moved = applicationOf({ name: 'guestbook', summary: { address: 'http://127.90.7.9' } });
  office.put(moved);
  const at = Date.now();
  const directory = path.join(home.dataDirectory, 'moves', 'op-abcdefghjkmn');
  await mkdir(directory, { recursive: true });
  await writeFile(
    path.join(directory, 'move.json'),
    JSON.stringify({
      ...{ version: 1, id: 'op-abcdefghjkmn', name: 'guestbook', createOperation: 'op-abcdefghjkmp' },
      from: { deployment: home.deployment, application: guestbook.summary.id },
      to: { deployment: 'd-second', name: 'guestbook', application: moved.summary.id },
      ...{ state: 'switched', hold: 'hold-abcdefgh', loaded: true, address: 'http://127.90.7.9' },
      ...{ startedAt: at - 9000, frozenAt: at - 5200, switchedAt: at },
    }),
  );
  await expect(line).toContainText('It was moved to office, which counts now and answers at http://127.90.7.9.');
  await expect(line).toContainText('took no changes for 5.2 s');
  await line.getByRole('button', { name: 'Remove the old one…' }).click();
  const finish = page.getByRole('dialog', { name: 'Remove the guestbook that was moved?' });
  const confirm = finish.getByRole('button', { name: 'Remove the old one' });
  await expect(confirm).toBeDisabled();
  await finish.getByRole('textbox').fill('guestboo');
  await expect(confirm).toBeDisabled();
  await shoot(page, info, 'switched');
  await accessible(page, 'switched');
  await finish.getByRole('button', { name: 'Cancel' }).click();
  expect(home.calls.some(({ name }) => name === 'delete_application')).toBe(false);
  expect(problemsOf(page)).toEqual([]);
});
