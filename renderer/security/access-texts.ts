/** The texts of users and devices. */
import { type Catalogue, useCatalogue } from '../texts/catalogue.ts';

const english = {
  failed: 'Users and devices could not be read',
  you: (user: string) => `You are ${user}`,
  youOwn: (user: string) => `You are ${user}, the owner`,
  holdsRoot: 'This desktop holds the root: it can let devices in, sign and rotate.',
  isDevice: 'This desktop is a device: the root is on the desktop that made the deployment.',
  actions: 'Actions',
  devices: {
    label: 'Your devices',
    columns: ['Device', 'Certificate ends', 'Last used'],
    thisDesktop: 'This desktop',
    desktopWithRoot: 'A desktop with the root',
    renews: (fromNow: string) => `${fromNow}, renews itself`,
    notSeen: 'not since the director started',
    revokeMore: 'Revoke…',
    revokeThis: (device: string) => `Revoke ${device}`,
    revokeQuestion: (device: string) => `Revoke ${device}?`,
    revokeThisDesktop: 'Revoke this desktop?',
    revoke: 'Revoke',
  },
  users: {
    heading: 'Users',
    columns: ['Name', 'May', 'Devices', 'Since'],
    mayAll: 'everything',
    mayMost: 'everything but users, roots and others’ certificates',
    removeMore: 'Remove…',
    removeThis: (user: string) => `Remove ${user}`,
    removeQuestion: (user: string) => `Remove ${user}?`,
    removeText: (user: string) => `All devices of ${user} are shut out at once. What they made stays.`,
    remove: 'Remove',
  },
  key: {
    more: 'Export your key (PKCS#12)…',
    title: 'Export your key',
    text: 'Your key with its certificates as PKCS#12, for browsers and other programs. Whoever has the file and its passphrase is you.',
    saved: 'Saved.',
  },
  handOver: {
    deviceMore: 'Add a device…',
    userMore: 'Add a user…',
    device: 'Add a device',
    user: 'Add a user',
    text: 'Makes an encrypted hand-over file. Carry it to the other computer, tell its passphrase by another way, and open it there in ConPaaS (Welcome → Use a hand-over file).',
    saved: 'The hand-over file is saved.',
    userName: 'Name of the user',
    userNameWrong: 'Letters, digits, dots, hyphens and underscores.',
    deviceName: 'Device',
    deviceExample: 'laptop',
  },
};

export type AccessTexts = typeof english;

const texts: Catalogue<AccessTexts> = { en: english };

export const useAccessTexts = (): AccessTexts => useCatalogue(texts);
