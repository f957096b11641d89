import { expect, test } from './fixture.ts';
import { applicationOf, operationOf } from './scripted/index.ts';

test('the list shows state, cause, address and nodes, and follows changes', async ({ director, page }) => {
  director.put(applicationOf({ name: 'guestbook' }));
  director.put(
    applicationOf({
      name: 'shop',
      summary: { state: 'degraded', cause: 'web-backend-2 exits at start', address: 'http://127.41.0.9' },
    }),
  );
  const rows = page.getByRole('table', { name: 'Applications' }).getByRole('row');
  await expect(rows.filter({ hasText: 'guestbook' })).toContainText('running');
  await expect(rows.filter({ hasText: 'shop' })).toContainText('web-backend-2 exits at start');
  director.put(applicationOf({ name: 'shop', summary: { state: 'running' } }));
  await expect(rows.filter({ hasText: 'shop' })).toContainText('running');
  await page.screenshot({ path: test.info().outputPath('list.png') });
  director.remove('app-shop');
  await expect(rows.filter({ hasText: 'shop' })).toHaveCount(0);
  void operationOf;
});
