/** The texts of the Clouds page. */
import type { VolumeInfo } from '../../remote/core/contract/volumes.ts';
import { type Catalogue, useCatalogue } from '../texts/catalogue.ts';
import { countText } from '../texts/count.ts';

const volumeStates: Readonly<Record<VolumeInfo['state'], string>> = {
  creating: 'is being made',
  attached: 'attached',
  available: 'kept, attached to nothing',
  destroying: 'is being destroyed',
  lost: 'lost',
};

const english = {
  title: 'Clouds',
  tabs: {
    clouds: 'Clouds and credentials',
    machines: 'Machines',
    volumes: 'Volumes',
    prices: 'Prices',
    quotas: 'Quotas',
  },
  health: {
    again: 'Try again',
    showMachines: 'Show machines',
    unknown: 'Whether all is well is not known.',
    asking: 'Asking the clouds for their machines.',
    silent: (cloud: string) => `The cloud ${cloud} does not tell its machines.`,
    strays: (count: number) =>
      count === 1 ? '1 machine belongs to nothing here.' : `${count} machines belong to nothing here.`,
    straysWhy: 'The director destroys what carries its tag within a minute; if it stays, look at its log.',
    good: (machines: string) => `All is well: ${machines}.`,
  },
  clouds: {
    heading: 'Clouds of this deployment',
    failed: 'The clouds could not be read',
    empty: 'This director has no cloud yet. Start it on this computer, or set up a director on a cloud of yours.',
    columns: ['Name', 'Kind', 'New applications'],
    goHere: 'go here',
    whenChosen: 'when chosen',
    add: 'Add a cloud to this director…',
    remove: 'Remove…',
    removeNamed: (name: string) => `Remove the cloud ${name}`,
    removeQuestion: (name: string) => `Remove the cloud ${name}?`,
    removeText:
      'The director forgets it, with what it was given for it. Nothing of yours may be on it any more: move or delete that first.',
    removeAction: 'Remove',
  },
  further: {
    title: 'Add a cloud to this director',
    text: 'Applications, or single services of them, can be put on it, and moved to it.',
    name: 'Name',
    nameHint: 'As manifests call it: up to 40 lower-case letters, digits and hyphens, a letter first.',
    where: 'Where',
    onComputer:
      'What is on this computer is reached from here alone, so this director can have no cloud elsewhere. For one, add another director, in the list at the top left.',
    key: 'Credential',
    noKey: (kind: string) => `There is no credential for ${kind} in your vault yet.`,
    enterKey: 'Enter credentials…',
    reach: {
      label: 'How its machines reach the director',
      network: 'Both are in one network',
      address: 'By an address of the director that is valid there',
      needed: 'Say that both are in one network, or give the address.',
      networkHint:
        'Its machines and those of the director’s cloud reach each other by their own addresses. An application may have services on both.',
      addressMeans: 'Applications are on it with all their services.',
      host: 'Address of the director',
      hostHint: 'A name or an IP address by which its machines reach it: as a rule the one that this computer uses.',
      wrongHost: 'A name or an IP address is expected, without https:// and without a port.',
    },
    adding: 'Adding…',
    add: 'Add',
    added: (name: string) => `${name} is there. New applications can be put on it, and others moved to it.`,
    notAdded: 'The cloud was not added',
  },
  /** Of a new application. */
  choice: {
    label: 'Cloud',
    hint: 'Where the manifest names another one for a service, that one counts.',
    usual: (name: string) => `${name}, as usual`,
    on: (name: string) => `on ${name}`,
    other: (name: string, kind: string) => (name === kind ? name : `${name} (${kind})`),
  },
  credentials: {
    heading: 'Credentials in your vault',
    look: 'Look in other tools’ files…',
    add: (kind: string) => `Add ${kind}…`,
    failed: 'The credentials could not be read',
    notNeeded: 'None are needed: this version puts everything on this computer.',
    empty: 'None yet. They are encrypted on this computer; a director gets only those of its clouds.',
    columns: ['Name', 'Kind', 'What may be shown'],
    check: 'Check',
    works: (name: string, sizes: number) =>
      `${name} works: ${countText(sizes, 'size', 'sizes')} of machines can be had.`,
    removeMore: 'Remove…',
    removeQuestion: (name: string) => `Remove ${name}?`,
    removeText:
      'It goes from your vault. What runs with it goes on; the keys stay valid at the cloud until you end them there.',
    remove: 'Remove',
  },
  credential: {
    protect: 'Protect the vault first',
    protectText:
      'A key file is all that protects the vault now. That does not do for the credentials of a cloud: whoever can read your files could spend your money.',
    title: (kind: string) => `Credentials for ${kind}`,
    checking: 'Checking…',
    checkAndAdd: 'Check and add',
    notAdded: 'The credential was not added',
    name: 'Name',
    nameHint: 'What you call it here.',
  },
  found: {
    title: 'Credentials of other tools',
    text: 'Read from ~/.aws and clouds.yaml. Nothing that these files name is run, and nothing in them is changed.',
    none: 'No such files were found.',
    added: (name: string) => `${name} was checked and added.`,
    from: (kind: string, file: string) => `${kind}, from ${file}`,
    unsupported: (why: string) => `Not supported: ${why}`,
    close: 'Close',
  },
  machines: {
    failed: 'The machines could not be read',
    empty: 'No machine belongs to this deployment now. Each new application brings its own.',
    columns: ['Machine', 'Belongs to', 'State', 'Address', 'Cloud and size'],
    age: 'Age',
    price: 'Price',
    count: (count: number) => (count === 1 ? '1 machine' : `${count} machines`),
    together: (price: string) => `${price} together`,
    priceUnknown: 'price unknown',
    unknown: (count: number) => `${count} of unknown price`,
    director: 'the director',
    nothing: 'nothing',
    was: (application: string) => `was ${application}`,
  },
  volumes: {
    heading: 'Volumes',
    failed: 'The volumes could not be read',
    empty:
      'No volumes. Where a cloud has them, each node of a database gets one for its data, which outlives its machine.',
    label: (cloud: string) => `Volumes on ${cloud}`,
    ofService: (service: string) => `Volumes of ${service}`,
    why: 'Their data outlives the machines.',
    columns: {
      node: 'Data of',
      application: 'Application',
      state: 'State',
      machine: 'Machine',
      cloud: 'Cloud',
      size: 'Size',
      price: 'Price',
    },
    states: volumeStates,
    noApplication: 'none that is there',
    gigabytes: (size: number) => `${size} GB`,
    perMonth: (price: string) => `${price} $/month`,
    count: (count: number) => countText(count, 'volume'),
    together: (price: string) => `${price} $/month together`,
    free: 'free',
    priceUnknown: 'price unknown',
    unknown: (count: number) => `${count} of unknown price`,
  },
  prices: {
    failed: 'The prices could not be read',
    empty: 'No prices: this deployment has no cloud.',
    size: 'Size',
    figures: ['CPUs', 'Memory', 'Per hour', 'Per month'],
    gigabytes: (count: string) => `${count} GB`,
    asOf: (time: string) => `Prices as of ${time}`,
    label: (cloud: string) => `Sizes and prices of ${cloud}`,
  },
  quotas: {
    failed: 'The limits could not be read',
    empty: 'No limits: this deployment has no cloud.',
    none: 'This cloud tells no limits.',
    limit: (limit: number) => `limit ${limit}`,
    used: (used: number, limit: number) => `${used} of ${limit}`,
  },
};

export type CloudTexts = typeof english;

const texts: Catalogue<CloudTexts> = { en: english };

export const useCloudTexts = (): CloudTexts => useCatalogue(texts);
