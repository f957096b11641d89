/** What is set of an application as a whole, in its tab. */
import { uncontainedWords } from '../../remote/core/contract/manager.ts';
import { expect, problemsOf, test } from './fixture.ts';
import { goTo, violations } from './looking.ts';
import { applicationOf } from './scripted/index.ts';

test('services are added and removed, secrets replaced, and a missing sandbox is accepted in words', async ({
  page,
  director,
}) => {
  director.put(applicationOf({ name: 'guestbook' }));
  await goTo(page, '#/applications/app-guestbook/settings');
  const services = page.getByRole('table', { name: 'Services' });
  await expect(services.getByRole('rowheader', { name: 'web' })).toBeVisible();

  await page.getByLabel('Name of a new service').fill('web');
  await expect(page.getByText('There is one of this name.')).toBeVisible();
  await page.getByLabel('Name of a new service').fill('cache');
  await page.getByLabel('Type').click();
  await page.getByRole('option', { name: /mysql/i }).click();
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.getByText('cache is added.')).toBeVisible();

  await page.getByRole('button', { name: 'Remove db' }).click();
  await page.getByLabel('Type db to confirm').fill('db');
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(page.getByRole('dialog')).toBeHidden();

  await page.getByRole('button', { name: 'Replace the value of SMTP_PASSWORD' }).click();
  await page.getByLabel('New value of SMTP_PASSWORD').fill('another');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('SMTP_PASSWORD has a new value')).toBeVisible();

  await page.getByRole('button', { name: 'Run without a sandbox where there is none…' }).click();
  await page.getByLabel(`Type ${uncontainedWords} to confirm`).fill(uncontainedWords);
  await page.getByRole('button', { name: 'Accept' }).click();
  await expect(page.getByRole('dialog')).toBeHidden();

  const made = director.calls.filter(({ name }) =>
    ['add_service', 'remove_service', 'set_secret', 'accept_uncontained'].includes(name),
  );
  expect(made.map(({ name, params }) => [name, params])).toMatchObject([
    ['add_service', { type: 'mysql', name: 'cache' }],
    ['remove_service', { service: 'db', confirm: 'db' }],
    ['set_secret', { name: 'SMTP_PASSWORD', value: 'another' }],
    ['accept_uncontained', { words: uncontainedWords }],
  ]);
  expect(await violations(page)).toEqual([]);
  await page.screenshot({ path: test.info().outputPath('settings.png') });
  expect(problemsOf(page)).toEqual([]);
});
