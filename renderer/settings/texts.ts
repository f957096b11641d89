/** The texts of the Settings page. */
import { type Catalogue, useCatalogue } from '../texts/catalogue.ts';

const english = {
  title: 'Settings',
  appearance: 'Appearance',
  theme: 'Theme',
  themes: { system: 'As the system', light: 'Light', dark: 'Dark' },
  density: 'Density',
  densities: { comfortable: 'Comfortable', compact: 'Compact' },
  language: 'Language',
  notifications: 'Notifications',
  notify: 'Say on the desktop when a long operation ends while this window is away',
  network: 'Network',
  proxy: 'Proxy',
  proxies: { system: 'As the system', direct: 'None', own: 'This one' },
  proxyAddress: 'Address of the proxy',
  proxyWrong: 'Write it as http://name:port, https://name:port or socks5://name:port, without a password.',
  proxyText:
    'For updates of this program. Directors and clouds are called directly; what the applications fetch goes its own way.',
  deployment: 'Director',
  data: 'Data directory',
  dataText: 'Records, keys and the applications of this computer. Keep it to yourself.',
  openData: 'Open',
  logs: 'Log lines',
  logSpace: (bytes: string, cap: string) => `${bytes} of ${cap}`,
  logSpaceText: 'Lines that were read, encrypted, until the program ends. When the space is full the oldest go.',
  logSpaceFailed: 'The space that is taken could not be read',
  logSpaceChange: 'Change…',
  program: 'This program',
  reset: 'Reset',
  resetText: 'Theme, density, notifications, proxy, and place and size of the window, as at the first start.',
  resetAction: 'Reset settings…',
  resetTitle: 'Reset the settings?',
  resetConfirm: 'Directors, applications, keys and data stay as they are.',
  resetDone: 'The settings are as at the first start.',
  cancel: 'Cancel',
  name: 'Name',
  cloud: 'Cloud',
  user: 'You are',
  protection: 'Keys are protected by',
  version: 'Version',
  electron: 'Electron',
};

export type SettingsTexts = typeof english;

const texts: Catalogue<SettingsTexts> = { en: english };

export const useSettingsTexts = (): SettingsTexts => useCatalogue(texts);

/** Each in itself: who reads no other finds it. */
export const languageNames: Catalogue<string> = { en: 'English' };
