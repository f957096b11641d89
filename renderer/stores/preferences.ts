/** What the user prefers; kept by the main process, and told to the page with its first sight. */
import { create } from 'zustand';
import type { Preferences } from '../../main/desktop.ts';
import { desktop } from '../hub/desktop.ts';
import { speak } from '../texts/catalogue.ts';
import { told } from './told.ts';

export const usePreferences = create<Preferences>(() => told.preferences);

export function prefer(part: Partial<Preferences>): void {
  usePreferences.setState(part);
  void desktop.setPreferences(part);
  applyPreferences();
}

const systemIsDark = window.matchMedia('(prefers-color-scheme: dark)');

/** The theme in force. */
export function themeInForce(): 'light' | 'dark' {
  const { theme } = usePreferences.getState();
  if (theme !== 'system') return theme;
  return systemIsDark.matches ? 'dark' : 'light';
}

/** Puts theme, density and language on the page: now, and the theme whenever the system's changes. */
export function applyPreferences(): void {
  const { density, language } = usePreferences.getState();
  const { documentElement } = document;
  documentElement.dataset['theme'] = themeInForce();
  documentElement.dataset['density'] = density;
  documentElement.lang = language;
  speak(language);
}

systemIsDark.addEventListener('change', applyPreferences);

/** As at the first start. */
export async function resetPreferences(): Promise<void> {
  usePreferences.setState(await desktop.resetPreferences());
  applyPreferences();
}
