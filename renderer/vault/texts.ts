/** The texts of protecting the vault, and of encrypted files. */
import { type Catalogue, useCatalogue } from '../texts/catalogue.ts';

const english = {
  protection: {
    label: 'Protect the vault by',
    kinds: {
      keychain: {
        title: 'Keychain of this computer',
        text: 'Opened when you sign in to your desktop session. Commands ask this program.',
      },
      passphrase: {
        title: 'Passphrase',
        text: 'Asked for when the window opens, and after you were away. Commands take it from CONPAAS_PASSPHRASE.',
      },
      keyfile: {
        title: 'Key file',
        text: 'Whoever can read your files can read the keys. Enough for this computer alone.',
      },
    },
    present: 'Present passphrase',
    next: 'New passphrase',
    cancel: 'Cancel',
    protect: 'Protect the vault',
    busy: 'Protecting…',
  },
  file: { save: 'Save…', passphraseFor: 'Passphrase for the file', passphraseOf: 'Passphrase of the file' },
  taking: {
    title: 'Import an export',
    text: 'You see what is in the file before anything changes.',
    open: 'Open',
    contents: 'What is in the file',
    made: 'Made',
    deployment: (name: string) => `Deployment ${name}`,
    places: {
      new: (cloud: string) => `${cloud} · new here`,
      here: (cloud: string) => `${cloud} · here already, stays as it is`,
      away: (cloud: string) => `${cloud} · its machines are on the other computer, stays there`,
    },
    credentials: 'Credentials of clouds',
    none: 'none',
    secrets: 'Keys and secrets in all',
    how: 'How to take it over',
    mergeText: 'Merge: what is here stays',
    replaceText: 'Replace: only what is in the file counts',
    lost: (deployments: readonly string[]) =>
      deployments.length === 1
        ? `${deployments.join('')} is not in the file and would be out of reach for ever. Destroy it first, or merge.`
        : `${deployments.join(', ')} are not in the file and would be out of reach for ever. Destroy them first, or merge.`,
    cancel: 'Cancel',
    merge: 'Merge',
    replace: 'Replace',
    done: 'The export was taken over.',
  },
};

export type VaultTexts = typeof english;

const texts: Catalogue<VaultTexts> = { en: english };

export const useVaultTexts = (): VaultTexts => useCatalogue(texts);
