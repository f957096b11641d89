/** What is set of an application as a whole, in its tab. */
import { uncontainedWords } from '../../remote/core/contract/manager.ts';
import { expect, problemsOf, test } from './fixture.ts';
import { goTo, violations } from './looking.ts';
import { applicationOf, mysqlService, phpService } from './scripted/index.ts';

test('a secret that was made for a service is said to be its own', async ({ page, director }) => {
  const services = [phpService(), mysqlService({ ownSecrets: ['db-root', 'SMTP_PASSWORD'] })];
  director.put(applicationOf({ name: 'guestbook', services }));
  const secret = { name: 'SMTP_PASSWORD', updatedAt: 0, usedBy: ['web'] };
  director.script.answers.set('list_secrets', [
    ...[secret, { ...secret, name: 'db-root', usedBy: [] }],
    { ...secret, name: 'OLD', usedBy: [] },
  ]);
  await goTo(page, '#/applications/app-guestbook/settings');
  const row = (name: string) => page.getByRole('row').filter({ has: page.getByRole('rowheader', { name }) });
  await expect(row('SMTP_PASSWORD').getByRole('cell').nth(1)).toHaveText('db, web');
  await expect(row('db-root').getByRole('cell').nth(1)).toHaveText('db');
  await expect(row('OLD').getByRole('cell').nth(1)).toHaveText('nobody');
  await page.getByRole('button', { name: 'Delete db-root' }).click();
  await expect(page.getByRole('dialog')).toContainText('Used by: db. It was made for that, and another value');
  expect(problemsOf(page)).toEqual([]);
});

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

  const domains = page.getByRole('table', { name: 'Domains' });
  await expect(domains.getByRole('row', { name: /shop\.test.*valid.*ConPaaS websites/ })).toBeVisible();
  await expect(domains.getByRole('alert')).toContainText('it found no address for the name');
  await domains.getByRole('button', { name: 'Retry shop.conpaas.eu' }).click();
  await expect(page.getByText('A certificate for shop.conpaas.eu is asked for.')).toBeVisible();
  await page.getByLabel('A further name').fill('Shop.test');
  await expect(page.getByText('It is a domain already.')).toBeVisible();
  await page.getByLabel('A further name').fill('blog.test');
  await page.getByRole('button', { name: 'Add the name' }).click();
  await expect(page.getByLabel('A further name')).toHaveValue('');
  await domains.getByRole('button', { name: 'Remove shop.test' }).click();
  await page.getByLabel('Type shop.test to confirm').fill('shop.test');
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(page.getByRole('dialog')).toBeHidden();
  await page.getByRole('button', { name: 'Trust it on this computer…' }).click();
  const trust = page.getByRole('dialog', { name: 'Trust this deployment’s websites' });
  await expect(trust.getByText('sudo update-ca-certificates').first()).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await page.screenshot({ path: test.info().outputPath('trust.png') });
  await trust.getByRole('button', { name: 'Close' }).click();
  await expect(page.getByRole('dialog')).toBeHidden();

  const made = director.calls.filter(({ name }) =>
    [
      'add_service',
      'remove_service',
      'set_secret',
      'accept_uncontained',
      'add_domain',
      'remove_domain',
      'renew_domain',
    ].includes(name),
  );
  expect(made.map(({ name, params }) => [name, params])).toMatchObject([
    ['add_service', { type: 'mysql', name: 'cache' }],
    ['remove_service', { service: 'db', confirm: 'db' }],
    ['set_secret', { name: 'SMTP_PASSWORD', value: 'another' }],
    ['accept_uncontained', { words: uncontainedWords }],
    ['renew_domain', { service: 'web', name: 'shop.conpaas.eu' }],
    ['add_domain', { service: 'web', name: 'blog.test' }],
    ['remove_domain', { service: 'web', name: 'shop.test' }],
  ]);
  expect(await violations(page)).toEqual([]);
  await page.screenshot({ path: test.info().outputPath('settings.png') });
  expect(problemsOf(page)).toEqual([]);
});
