/** Further clouds of a director, on the Clouds page: one is added, is refused to go while it is in use, and goes. */
import type { ElectronApplication, Page, TestInfo } from '@playwright/test';
import { openCredentialStore } from '../../main/credentials/index.ts';
import { openVault } from '../../main/vault/index.ts';
import { VmId } from '../../remote/core/contract/ids.ts';
import { expect, openDesktop, problemsOf, test, watched } from './fixture.ts';
import { testPassphrase } from './home.ts';
import { unlock } from './locking.ts';
import { accessible, goTo, narrow, shoot, sized, wide } from './looking.ts';
import { applicationOf, type ScriptedDirector } from './scripted/index.ts';

test('a cloud is added to the director, and applications can go there; it is removed when nothing is on it', async ({
  director,
}, info) => {
  test.slow();
  director.put(applicationOf({ name: 'guestbook', summary: { cloud: 'local' } }));
  await keepCredentials(director.dataDirectory);
  await using opened = await openDesktop(director.dataDirectory);
  const page = await watched(opened.desktop);
  await unlock(page);
  await goTo(page, '#/clouds');
  const clouds = page.getByRole('table', { name: 'Clouds of this deployment' });
  await expect(clouds.getByRole('row')).toHaveCount(2);
  // What the director was made on goes with it.
  await expect(clouds.getByRole('button')).toHaveCount(0);

  await page.getByRole('button', { name: 'Add a cloud to this director…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a cloud to this director' });
  // Others could not reach a director on this computer.
  await expect(dialog.getByRole('combobox', { name: 'Where' })).toHaveText('This computer');
  await expect(dialog.getByText('so this director can have no cloud elsewhere')).toBeVisible();
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
  await chosenForNew(page, director, info);
  await shownWhereThings(opened.desktop, page, director, info);
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

  // A director on a cloud of a provider: of others it is said how their machines reach it, and by which credential.
  const stack = { name: 'openstack', kind: 'openstack', default: true, connected: true };
  director.script.answers.set('list_clouds', [stack]);
  await page.reload();
  await page.getByRole('button', { name: 'Add a cloud to this director…' }).click();
  await dialog.getByRole('textbox', { name: 'Name' }).fill('far');
  await dialog.getByRole('combobox', { name: 'Where' }).click();
  await page.getByRole('option', { name: 'OpenNebula' }).click();
  await expect(dialog.getByRole('note')).toHaveText('There is no credential for OpenNebula in your vault yet.');
  await dialog.getByRole('button', { name: 'Enter credentials…' }).click();
  await expect(page.getByRole('dialog', { name: 'Credentials for OpenNebula' })).toBeVisible();
  await shoot(page, info, 'credentials missing');
  await wrongCredentials(page, info);
  await page.getByRole('button', { name: 'Cancel' }).last().click();
  await dialog.getByRole('combobox', { name: 'Where' }).click();
  await page.getByRole('option', { name: 'Amazon EC2' }).click();
  await expect(dialog.getByRole('combobox', { name: 'Credential' })).toHaveText('aws');
  await expect(add).toBeDisabled();
  const reach = dialog.getByRole('group', { name: 'How its machines reach the director' });
  await expect(reach).toHaveAccessibleDescription('Say that both are in one network, or give the address.');
  await reach.getByRole('radio', { name: 'By an address of the director that is valid there' }).check();
  // The address by which this computer reaches it is offered.
  const host = reach.getByRole('textbox', { name: 'Address of the director' });
  await expect(host).toHaveValue('127.90.7.1');
  await expect(host).toBeInViewport({ ratio: 1 });
  await host.fill('');
  await expect(add).toBeDisabled();
  await host.fill('https://director.example.org');
  await expect(host).toHaveAccessibleDescription(/without https:/);
  await expect(add).toBeDisabled();
  await shoot(page, info, 'provider, narrow');
  await accessible(page, 'provider');
  await host.fill('director.example.org');
  await sized(opened.desktop, page, wide);
  await shoot(page, info, 'provider, wide');
  director.fail('add_cloud', { code: 'cloud_failed', message: 'The cloud does not answer.' });
  await add.click();
  await expect(dialog.getByText('The cloud does not answer.')).toBeVisible();
  const asked = director.calls.findLast(({ name }) => name === 'add_cloud')?.params;
  expect(asked).toMatchObject({
    name: 'far',
    kind: 'ec2',
    lent: true,
    connected: false,
    director: 'director.example.org',
  });
  await reach.getByRole('radio', { name: 'Both are in one network' }).check();
  await add.click();
  await expect
    .poll(() => director.calls.findLast(({ name }) => name === 'add_cloud')?.params)
    .toEqual({
      ...{ name: 'far', kind: 'ec2', settings: {}, lent: true, connected: true },
    });
  expect(problemsOf(page)).toEqual([]);
});

/** What is wrong with a field is said there, and a click beside the dialog loses nothing that was typed. */
async function wrongCredentials(page: Page, info: TestInfo): Promise<void> {
  const dialog = page.getByRole('dialog', { name: 'Credentials for OpenNebula' });
  await dialog.getByLabel('Name').fill('nebula');
  const address = dialog.getByLabel('Address of the API');
  await address.fill('frontend');
  await dialog.getByLabel('User').fill('conpaas');
  await dialog.getByLabel('Password').fill('secret-of-this-test');
  await dialog.getByRole('button', { name: 'Check and add' }).click();
  await expect(dialog.getByRole('alert')).toContainText('The credential was not added');
  await expect(address).toHaveAttribute('aria-invalid', 'true');
  await expect(address).toHaveAccessibleDescription(/Invalid URL.*As http:/);
  await shoot(page, info, 'credentials wrong');
  await accessible(page, 'credentials wrong');
  await address.fill('frontend:2633');
  await expect(address).toHaveAttribute('aria-invalid', 'false');
  await page.mouse.click(4, 4);
  await expect(address).toHaveValue('frontend:2633');
}

/** A new application goes to the cloud that is chosen, which the plan follows; of one that is there nothing is asked. */
async function chosenForNew(page: Page, director: ScriptedDirector, info: TestInfo): Promise<void> {
  const last = (method: string) => director.calls.findLast(({ name }) => name === method)?.params;
  await goTo(page, '#/new');
  await page
    .getByRole('button', { name: /sudoku/i })
    .first()
    .click();
  const cloud = page.getByRole('combobox', { name: 'Cloud' });
  await expect(cloud).toHaveText('local, as usual');
  await expect(page.getByText(/Cost: \+0\.041/)).toBeVisible();
  expect(last('plan_manifest')).not.toHaveProperty('cloud');
  await cloud.click();
  await page.getByRole('option', { name: 'attic (local)' }).click();
  await expect(page.getByText(/Cost: \+0\.012/)).toBeVisible();
  await shoot(page, info, 'new application');
  await accessible(page, 'new application');
  director.fail('plan_manifest', { code: 'conflict', message: 'machines of these two clouds do not reach each other' });
  await page.getByLabel('Name').fill('puzzles');
  await page.getByLabel('Name').press('Enter');
  await expect(page.getByRole('alert')).toContainText('do not reach each other');
  await expect(page.getByRole('button', { name: 'Create' })).toBeDisabled();
  director.fail('plan_manifest', undefined);
  await page.getByRole('button', { name: 'Retry' }).click();
  await page.getByRole('button', { name: 'Create' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'It runs' })).toBeVisible();
  expect(last('apply_manifest')).toMatchObject({ name: 'puzzles', cloud: 'attic' });
  await goTo(page, '#/applications');
  // The editor asks likewise, once the plan says that it is a new one; and its command says the same.
  await goTo(page, '#/new');
  await page
    .getByRole('button', { name: /sudoku/i })
    .first()
    .click();
  await page.getByRole('button', { name: 'Edit it' }).click();
  await page.getByRole('button', { name: 'Plan', exact: true }).last().click();
  await expect(cloud).toHaveText('local, as usual');
  // By keyboard: the hint of the button that was clicked lies over it while the mouse rests there.
  await cloud.press('Enter');
  await page.getByRole('option', { name: 'attic (local)' }).click();
  await expect(page.getByText(/Cost: \+0\.012/)).toBeVisible();
  expect(last('plan_manifest')).toMatchObject({ cloud: 'attic' });
  await shoot(page, info, 'editor');
  await page.getByRole('button', { name: 'Create' }).click();
  await expect(page.getByText('Applied. It runs at')).toBeVisible();
  expect(last('apply_manifest')).toMatchObject({ cloud: 'attic' });
}

/** Services and nodes say where they are. */
async function shownWhereThings(
  desktop: ElectronApplication,
  page: Page,
  director: ScriptedDirector,
  info: TestInfo,
): Promise<void> {
  const { summary } = applicationOf({ name: 'guestbook' });
  const vm = { role: 'application', state: 'joined', createdAt: 0, application: summary.id } as const;
  director.script.vms.push(
    { ...vm, id: VmId.parse('vm-1'), cloud: 'local' },
    { ...vm, id: VmId.parse('vm-2'), cloud: 'attic' },
  );
  await goTo(page, '#/applications/app-guestbook');
  await expect(page.getByRole('region', { name: 'web' })).toContainText('php · on local');
  await expect(page.getByRole('row', { name: /web-backend-2/ })).toContainText('attic');
  // With one column more, all of a node is still in sight.
  for (const width of [1200, 1280]) {
    await sized(desktop, page, { width, height: 800, zoom: 1 });
    const restart = page
      .getByRole('row', { name: /web-backend-2/ })
      .getByRole('button')
      .last();
    await restart.scrollIntoViewIfNeeded();
    await expect(restart).toBeInViewport({ ratio: 1 });
    const beyond = await page
      .getByRole('table', { name: 'Nodes' })
      .first()
      .evaluate(({ parentElement }) => (parentElement ? parentElement.scrollWidth - parentElement.clientWidth : -1));
    expect(beyond).toBe(0);
  }
  await shoot(page, info, 'application');
  await goTo(page, '#/applications/app-guestbook/services/web');
  await expect(page.getByText('php · on local')).toBeVisible();
  await page
    .getByRole('row', { name: /web-backend-2/ })
    .getByRole('button', { name: 'web-backend-2', exact: true })
    .click();
  await expect(page.getByRole('table', { name: 'Facts of web-backend-2' })).toContainText('attic');
  await shoot(page, info, 'node');
  await accessible(page, 'node');
  await page.keyboard.press('Escape');

  // What outlives the machines of a database stands below its nodes; a service without volumes says nothing of them.
  await expect(page.getByRole('heading', { name: 'Volumes' })).toHaveCount(0);
  await goTo(page, '#/applications/app-guestbook/services/db');
  const volumes = page.getByRole('table', { name: 'Volumes of db' });
  await expect(volumes.getByRole('row', { name: /db-node-1/ })).toContainText('attached');
  await expect(volumes.getByRole('row', { name: /db-node-1/ })).toContainText('8 GB');
  await expect(volumes.getByRole('row')).toHaveCount(2);
  await shoot(page, info, 'volumes of a service');
  await accessible(page, 'volumes of a service');
  // They are read again and again: where that fails, it is said, and what was seen last stays.
  director.fail('list_volumes', { code: 'cloud_failed', message: 'The cloud tells no volumes.' });
  const failed = page.getByRole('alert').filter({ hasText: 'The volumes could not be read' });
  await expect(failed).toContainText('The cloud tells no volumes.', { timeout: 20_000 });
  await expect(volumes.getByRole('row')).toHaveCount(2);
  await shoot(page, info, 'volumes not read');
  await accessible(page, 'volumes not read');
  director.fail('list_volumes', undefined);
  await failed.getByRole('button', { name: 'Retry' }).click();
  await expect(failed).toHaveCount(0);
}

/** Two of the user's, for one of the clouds of providers. */
async function keepCredentials(directory: string): Promise<void> {
  using vault = await openVault(directory, { kind: 'keyfile' });
  await vault.protect({ kind: 'passphrase', passphrase: testPassphrase });
  const fields = { accessKeyId: 'AKIATESTTESTTEST', secretAccessKey: 'secret-of-this-test', region: 'eu-west-1' };
  const store = openCredentialStore(vault);
  await store.add({ name: 'aws', kind: 'ec2', fields });
  await store.add({ name: 'aws for directors', kind: 'ec2', fields });
}
