/** Further clouds of a director, on the Clouds page: one is added, is refused to go while it is in use, and goes. */
import { expect, openDesktop, problemsOf, test, watched } from './fixture.ts';
import { accessible, goTo, narrow, shoot, sized } from './looking.ts';
import { applicationOf } from './scripted/index.ts';

test('a cloud is added to the director, and applications can go there; it is removed when nothing is on it', async ({
  director,
}, info) => {
  test.slow();
  director.put(applicationOf({ name: 'guestbook', summary: { cloud: 'local' } }));
  await using opened = await openDesktop(director.dataDirectory);
  const page = await watched(opened.desktop);
  await goTo(page, '#/clouds');
  const clouds = page.getByRole('table', { name: 'Clouds of this deployment' });
  await expect(clouds.getByRole('row')).toHaveCount(2);
  // What the director was made on goes with it.
  await expect(clouds.getByRole('button')).toHaveCount(0);

  await page.getByRole('button', { name: 'Add a cloud to this director…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a cloud to this director' });
  // Others could not reach a director on this computer.
  await expect(dialog.getByRole('combobox', { name: 'Where' })).toHaveText('This computer');
  const add = dialog.getByRole('button', { name: 'Add', exact: true });
  await dialog.getByRole('textbox', { name: 'Name' }).fill('The Attic');
  await expect(add).toBeDisabled();
  await dialog.getByRole('textbox', { name: 'Name' }).fill('attic');
  await shoot(page, info, 'dialog');
  await accessible(page, 'dialog');
  director.fail('add_cloud', { code: 'cloud_failed', message: 'The local host did not start.' });
  await add.click();
  await expect(dialog.getByText('The local host did not start.')).toBeVisible();
  await sized(opened.desktop, page, narrow);
  await shoot(page, info, 'refused');
  director.fail('add_cloud', undefined);
  await add.click();
  await expect(dialog).toHaveCount(0);
  await expect(clouds.getByRole('row', { name: /attic/ })).toContainText('when chosen');
  const sent = director.calls.findLast(({ name }) => name === 'add_cloud')?.params;
  expect(sent).toEqual({ name: 'attic', kind: 'local', settings: {}, lent: false, connected: true });
  await shoot(page, info, 'added');
  await accessible(page, 'added');

  // Applications can be moved there.
  await page.getByRole('link', { name: 'Applications' }).click();
  await page.getByRole('link', { name: 'guestbook' }).click();
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Move…' }).click();
  const move = page.getByRole('dialog', { name: 'Move guestbook' });
  await expect(move.getByRole('radio', { name: 'this-computer (attic)' })).toBeChecked();
  await expect(move.getByRole('region', { name: 'What happens' })).toContainText('Cost there');
  expect(director.calls.findLast(({ name }) => name === 'plan_manifest')?.params).toMatchObject({ cloud: 'attic' });
  await move.getByRole('button', { name: 'Cancel' }).click();
  await goTo(page, '#/clouds');

  await clouds.getByRole('button', { name: 'Remove the cloud attic' }).click();
  const question = page.getByRole('dialog', { name: 'Remove the cloud attic?' });
  await question.getByRole('textbox').fill('attic');
  director.fail('remove_cloud', { code: 'conflict', message: 'The cloud attic is in use: guestbook is on it.' });
  await question.getByRole('button', { name: 'Remove' }).click();
  await expect(question.getByText('guestbook is on it')).toBeVisible();
  director.fail('remove_cloud', undefined);
  await question.getByRole('button', { name: 'Remove' }).click();
  await expect(question).toHaveCount(0);
  await expect(clouds.getByRole('row', { name: /attic/ })).toHaveCount(0);
  expect(problemsOf(page)).toEqual([]);
});
