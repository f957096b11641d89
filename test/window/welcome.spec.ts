/** The empty state: what can be chosen, files of other desktops, and a vault that is locked before anything is there. */
import { writeFile } from 'node:fs/promises';
import { openCredentialStore } from '../../main/credentials/index.ts';
import { openDeploymentStore } from '../../main/deploy/index.ts';
import { openVault } from '../../main/vault/index.ts';
import { startMoto } from '../../remote/core/clouds/ec2/moto.ts';
import { cloudKinds } from '../../remote/core/clouds/index.ts';
import { choose } from './choose.ts';
import { expect, openDesktop, problemsOf, test, watched } from './fixture.ts';
import { openHome, testPassphrase } from './home.ts';
import { violations } from './looking.ts';

for (const theme of ['light', 'dark'] as const) {
  test(`a first run offers this computer, registered clouds and files, and nothing dead, ${theme}`, async ({
    playwright: _playwright,
  }, info) => {
    await using home = await openHome();
    await using opened = await openDesktop(home.directory);
    const { desktop } = opened;
    const page = await watched(desktop);
    await desktop.evaluate(({ nativeTheme }, source) => {
      nativeTheme.themeSource = source;
    }, theme);
    await expect(page.getByRole('button', { name: 'Try it on this computer' })).toBeVisible();
    for (const { title, credentials } of cloudKinds) {
      if (credentials) await expect(page.getByRole('heading', { name: title })).toBeVisible();
    }
    const offered = cloudKinds.filter(({ credentials }) => credentials).length;
    await expect(page.getByRole('button', { name: 'Enter credentials…' })).toHaveCount(offered);
    await page.screenshot({ path: info.outputPath(`welcome-${theme}.png`) });
    const clean = async (): Promise<void> => {
      expect(await violations(page)).toEqual([]);
    };
    await clean();

    const file = info.outputPath('strange.conpaas-access');
    await writeFile(file, '{"format":"something else"}');
    await choose(desktop, file);
    await page.getByRole('button', { name: 'Use a hand-over file…' }).click();
    await clean();
    await page.getByLabel('Passphrase of the file').fill('whatever it is');
    await page.getByRole('button', { name: 'Let in' }).click();
    await expect(page.getByRole('alert')).toContainText('not a hand-over file');
    // What was typed is gone.
    await expect(page.getByLabel('Passphrase of the file')).toHaveValue('');
    expect(problemsOf(page)).toEqual([]);
  });
}

test('a locked vault asks for its passphrase first; then a director is set up on a cloud, and gets what the user chooses', async ({
  playwright: _playwright,
}, info) => {
  test.slow();
  // Its end destroys what was set up, at the cloud too.
  await using moto = await startMoto();
  await using home = await openHome();
  const vault = await openVault(home.directory, { kind: 'passphrase', passphrase: testPassphrase });
  const fields = { accessKeyId: 'AKIATESTTESTTEST', secretAccessKey: 'secret-of-this-test', region: 'eu-west-1' };
  await openCredentialStore(vault).add({ name: 'aws', kind: 'ec2', fields: { ...fields, endpoint: moto.endpoint } });
  vault[Symbol.dispose]();
  await using opened = await openDesktop(home.directory);
  const page = await watched(opened.desktop);
  await page.getByLabel('Passphrase').fill(testPassphrase);
  await page.getByRole('button', { name: 'Unlock' }).click();
  await expect(page.getByRole('button', { name: 'Try it on this computer' })).toBeVisible();

  // Each cloud asks for what it needs, secrets blind; of Amazon there is a credential already.
  for (const { kind, title, credentials } of cloudKinds) {
    if (!credentials || kind === 'ec2') continue;
    await page.getByRole('region', { name: title }).getByRole('button', { name: 'Enter credentials…' }).click();
    const dialog = page.getByRole('dialog', { name: `Credentials for ${title}` });
    const asked = Object.values(credentials.shape);
    const secret = asked.filter((field) => field.meta()?.['secret'] === true).length;
    await expect(dialog.locator('input[type=password]')).toHaveCount(secret);
    await expect(dialog.locator('input[type=text]')).toHaveCount(asked.length - secret + 1); // and its name
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await expect(dialog).toBeHidden();
  }

  const cloud = page.getByRole('region', { name: 'Amazon EC2' });
  const lent = cloud.getByRole('combobox', { name: 'What the director gets' });
  await expect(lent).toHaveText('The key of aws');
  await expect(cloud).toContainText('whoever takes over its machine has it');
  await lent.click();
  await page.getByRole('option', { name: 'Nothing: it asks this computer' }).click();
  await expect(cloud).toContainText('No key leaves this computer.');
  await expect(cloud.getByRole('button', { name: 'Set up on Amazon EC2' })).toBeEnabled({ timeout: 60_000 });
  expect(await violations(page)).toEqual([]);
  await cloud.scrollIntoViewIfNeeded();
  await page.screenshot({ path: info.outputPath('lent.png') });
  await cloud.getByRole('button', { name: 'Set up on Amazon EC2' }).click();
  const placed = async () =>
    (await openDeploymentStore(home.directory).list()).map(({ cloud: { kind, lent: what } }) => [kind, what]);
  await expect.poll(placed).toEqual([['ec2', 'nothing']]);
  expect(problemsOf(page)).toEqual([]);
});
