/** A vault under a passphrase, in the window: protected, locked, unlocked. */
import type { ElectronApplication, Page } from '@playwright/test';
import { expect } from './fixture.ts';
import { testPassphrase } from './home.ts';
import { goTo } from './looking.ts';

export async function openVaultTab(page: Page): Promise<void> {
  await goTo(page, '#/security/vault');
  await expect(page.getByRole('heading', { name: 'Protection' })).toBeVisible();
}

export async function protectByPassphrase(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Change protection…' }).click();
  await page.getByRole('radio', { name: /^Passphrase/ }).check();
  await page.getByLabel('New passphrase', { exact: true }).fill(testPassphrase);
  await page.getByLabel('New passphrase, again').fill(testPassphrase);
  await page.getByRole('button', { name: 'Protect the vault' }).click();
  await expect(page.getByText('A passphrase protects the vault')).toBeVisible();
}

export const lockScreen = (page: Page) => page.getByRole('dialog', { name: 'The vault is locked' });

/** As when the user locks the screen. */
export async function leaveTheDesk(desktop: ElectronApplication): Promise<void> {
  await desktop.evaluate(({ powerMonitor }) => void powerMonitor.emit('lock-screen'));
}

export async function unlock(page: Page): Promise<void> {
  await lockScreen(page).getByLabel('Passphrase').fill(testPassphrase);
  await lockScreen(page).getByRole('button', { name: 'Unlock' }).click();
  await expect(lockScreen(page)).toHaveCount(0);
}
