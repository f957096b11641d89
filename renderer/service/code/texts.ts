/** The texts of the code versions of a service. */
import { type Catalogue, useCatalogue } from '../../texts/catalogue.ts';
import { countText } from '../../texts/count.ts';

const english = {
  title: 'Code versions',
  text: 'Drop an archive or a folder anywhere on this page, or choose one.',
  empty: 'No version yet: the welcome page is served.',
  archive: 'Deploy an archive…',
  folder: 'Deploy a folder…',
  rollBack: (version: string) => `Roll back to ${version}`,
  activating: (version: string, service: string) => `${version} of ${service} is being made live.`,
  saved: (file: string, size: string) => `${file}: ${size} saved.`,
  deleted: (version: string) => `${version} is deleted.`,
  actions: {
    archive: (service: string) => `Deploy an archive to ${service}…`,
    folder: (service: string) => `Deploy a folder to ${service}…`,
    rollBack: 'Roll back',
    rollBackTo: (service: string, version: string) => `Roll ${service} back to ${version}`,
    activate: (version: string, service: string) => `Make ${version} of ${service} live`,
    download: (version: string, service: string) => `Download ${version} of ${service}…`,
    compare: (version: string, service: string) => `Compare ${version} of ${service}…`,
    delete: (version: string, service: string) => `Delete ${version} of ${service}…`,
  },
  /** What the same is called in the menu of a version. */
  menu: {
    activate: 'Make live',
    download: 'Download…',
    compare: 'Compare…',
    delete: 'Delete…',
    more: (version: string) => `More for ${version}`,
    /** On the button of one version, for screen readers. */
    of: (action: string, version: string) => `${action} ${version}`,
  },
  delete: {
    title: (version: string, service: string) => `Delete ${version} of ${service}`,
    text: (what: string) => `${what} is gone for good. It is not live, so nothing that runs changes.`,
    action: 'Delete',
  },
  table: {
    columns: ['Version', 'What', 'When and by whom', 'Size'],
    live: 'live',
    files: (count: number) => countText(count, 'file'),
    refused: (time: string, why: string) => `failed its check at ${time}: ${why}`,
  },
  compare: {
    title: (version: string) => `What ${version} changes`,
    with: 'Compared with',
    close: 'Close',
  },
};

export type CodeTexts = typeof english;

const texts: Catalogue<CodeTexts> = { en: english };

export const useCodeTexts = (): CodeTexts => useCatalogue(texts);
