/**
 * What the user prefers: kept by the main process, told to a page with its first sight, so that nothing flashes. Checked
 * without a schema library: a window waits for them, and loading one would cost it a tenth of its start.
 */

export interface Preferences {
  readonly theme: 'system' | 'light' | 'dark';
  readonly density: 'comfortable' | 'compact';
  /** As in the catalogue of texts (`renderer/texts/`). */
  readonly language: 'en';
  /** Whether the desktop says when a long operation ends while the window is away. */
  readonly notifications: boolean;
  /** Which versions of this program are offered: tried ones, or also those that are being tried. */
  readonly updateChannel: 'latest' | 'beta';
  /**
   * For updates: `system`, `direct`, or an address such as `http://proxy.example.org:3128` (also https, socks5). Without a
   * password, as the file of preferences is no place for one.
   */
  readonly proxy: string;
}

export const defaultPreferences: Preferences = {
  theme: 'system',
  density: 'comfortable',
  language: 'en',
  notifications: true,
  updateChannel: 'latest',
  proxy: 'system',
};

const proxies = /^(system|direct|(https?|socks5):\/\/([a-z0-9.-]+|\[[0-9a-f:.]+\]):[0-9]{1,5})$/i;

const isOneOf =
  (...values: readonly unknown[]) =>
  (value: unknown): boolean =>
    values.includes(value);

const checks: { readonly [Name in keyof Preferences]: (value: unknown) => boolean } = {
  theme: isOneOf('system', 'light', 'dark'),
  density: isOneOf('comfortable', 'compact'),
  language: isOneOf('en'),
  notifications: (value) => typeof value === 'boolean',
  updateChannel: isOneOf('latest', 'beta'),
  proxy: (value) => typeof value === 'string' && value.length <= 300 && proxies.test(value),
};

/** Whether it is some preferences, as a page changes them: each with a value that it can have, and nothing else. */
export function areSomePreferences(value: unknown): value is Partial<Preferences> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.entries(value).every(([name, each]) => Object.hasOwn(checks, name) && checkOf(name)(each));
}

/** All of them, of what was kept: one that an older version did not know, or that is damaged, is as at the first start. */
export function completePreferences(kept: unknown): Preferences {
  const given: Readonly<Record<string, unknown>> = typeof kept === 'object' && kept !== null ? { ...kept } : {};
  const good = Object.entries(given).filter(([name, each]) => Object.hasOwn(checks, name) && checkOf(name)(each));
  return { ...defaultPreferences, ...Object.fromEntries(good) };
}

function checkOf(name: string): (value: unknown) => boolean {
  return checks[name as keyof Preferences];
}
