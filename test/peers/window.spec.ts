/** Containers as a cloud, by clicks alone: real Electron, Podman, a real director in a container of its own. */
import { mkdir } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { z } from 'zod';
import { openEngineApi } from '../../remote/core/clouds/containers/engine-api.ts';
import { expect, openDesktop, problemsOf, test, watched } from '../window/fixture.ts';
import { openHome } from '../window/home.ts';
import { violations } from '../window/looking.ts';
import { peerSocket } from './engine.ts';

const slowly = { timeout: 240_000 };
const Named = z.array(z.object({ Labels: z.record(z.string(), z.string()).nullish() }));

/** How many containers or networks of any deployment of ours the engine has. */
async function ours(path: '/containers/json' | '/networks'): Promise<number> {
  const api = openEngineApi(peerSocket());
  const found = await api.request({ method: 'GET', path, query: { all: '1' } }, AbortSignal.timeout(30_000));
  return Named.parse(found).filter(({ Labels }) => Labels?.['conpaas.deployment'] !== undefined).length;
}

test('set up in containers, the guestbook, two backends more, and away again: nothing is left', async () => {
  test.setTimeout(900_000);
  const info = test.info();
  await mkdir(info.outputDir, { recursive: true });
  let step = 0;
  const picture = (page: Page, name: string) =>
    page.screenshot({ path: info.outputPath(`${String(++step).padStart(2, '0')}-${name}.png`) });
  await using home = await openHome();
  {
    await using opened = await openDesktop(home.directory);
    const page = await watched(opened.desktop);
    const choice = page.getByRole('region', { name: 'Containers on this computer' });
    await choice.scrollIntoViewIfNeeded();
    expect(await violations(page)).toEqual([]);
    await picture(page, 'welcome');
    await choice.getByRole('button', { name: /^Set up here/ }).click();
    await expect(page.getByRole('list', { name: 'Set up the director' })).toBeVisible(slowly);
    await picture(page, 'setting-up');
    await expect(page.getByRole('heading', { level: 1, name: 'Applications' })).toBeVisible(slowly);
    expect(await ours('/containers/json')).toBe(1);

    await page.getByRole('button', { name: /guestbook/i }).click();
    await expect(page.getByRole('list', { name: 'Plan' })).toBeVisible(slowly);
    await picture(page, 'plan');
    await page.getByRole('button', { name: 'Create' }).click();
    const runs = page.getByRole('status').filter({ hasText: 'It runs at' });
    await expect(runs).toBeVisible(slowly);
    const address = (await runs.getByRole('button', { name: /^http/ }).textContent()) ?? '';
    const text = (): Promise<string> =>
      fetch(address, { signal: AbortSignal.timeout(5000) }).then(
        (answer) => answer.text(),
        () => 'nothing answers',
      );
    expect(await text()).toContain('Guestbook');
    expect(await ours('/containers/json')).toBe(2); // packed: all of it on one machine
    await picture(page, 'created');

    await page.getByRole('button', { name: 'Show the application' }).click();
    const backends = page.getByRole('button', { name: /^Terminal on .*-backend-\d+$/ });
    await expect(backends).toHaveCount(1);
    const more = page.getByRole('button', { name: 'One backend more' });
    await more.click();
    await more.click();
    await expect(page.getByText(/backend 1 → 3/)).toBeVisible();
    await page.getByRole('button', { name: 'Apply', exact: true }).click();
    await expect(backends).toHaveCount(3, slowly);
    await expect(page.getByText('All is well: 7 of 7 nodes run.')).toBeVisible(slowly);
    expect(await ours('/containers/json')).toBeGreaterThan(2);
    expect(await text()).toContain('Guestbook');
    await picture(page, 'scaled');

    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Delete…' }).click();
    const question = page.getByRole('dialog', { name: 'Delete Guestbook?' });
    await question.getByLabel('Type Guestbook to confirm').fill('Guestbook');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1, name: 'Applications' })).toBeVisible(slowly);
    await expect.poll(() => ours('/containers/json'), slowly).toBe(1);
    expect(await text()).toBe('nothing answers');
    await picture(page, 'deleted');
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('button', { name: 'Destroy this director…' }).click();
    const end = page.getByRole('dialog', { name: 'Destroy containers?' });
    await expect(end).toContainText('all machines and volumes that it has at its cloud');
    await end.getByLabel('Type containers to confirm').fill('containers');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('button', { name: 'Try it on this computer' })).toBeVisible(slowly);
    await picture(page, 'destroyed');
    expect(problemsOf(page)).toEqual([]);
  }
  expect([await ours('/containers/json'), await ours('/networks')]).toEqual([0, 0]);
});
