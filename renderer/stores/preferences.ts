/** What the user prefers; kept by the main process and by the page's own storage. */
import { create } from 'zustand';
import { desktop } from '../hub/desktop.ts';

export type Theme = 'system' | 'light' | 'dark';

interface PreferencesStore {
  readonly theme: Theme;
}

const key = 'theme';
const themes: readonly Theme[] = ['system', 'light', 'dark'];

export const usePreferences = create<PreferencesStore>(() => ({
  theme: themes.find((theme) => theme === localStorage.getItem(key)) ?? 'system',
}));

export function setTheme(theme: Theme): void {
  localStorage.setItem(key, theme);
  usePreferences.setState({ theme });
  void desktop.setTheme(theme);
  applyTheme();
}

const systemIsDark = window.matchMedia('(prefers-color-scheme: dark)');

/** The theme in force. */
export function themeInForce(): 'light' | 'dark' {
  const { theme } = usePreferences.getState();
  if (theme !== 'system') return theme;
  return systemIsDark.matches ? 'dark' : 'light';
}

/** Puts the theme on the page, now and whenever the system's preference changes. */
export function applyTheme(): void {
  document.documentElement.dataset['theme'] = themeInForce();
}

systemIsDark.addEventListener('change', applyTheme);
