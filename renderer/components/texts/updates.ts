/** The texts of updates of this program. */
import { type Catalogue, useCatalogue } from '../../texts/catalogue.ts';

const english = {
  title: 'Updates',
  unknown: 'Not looked for yet. Nothing is downloaded unless you say so.',
  looking: 'Looking …',
  newest: 'This is the newest version.',
  offered: (version: string) => `Version ${version} is there.`,
  downloading: (version: string) => `Downloading version ${version}`,
  downloaded: (version: string, percent: number) => `Downloading version ${version}: ${percent} %`,
  ready: (version: string) => `Version ${version} is downloaded and checked. Applications go on while it is installed.`,
  beta: 'Offer versions that are still being tried, too',
  again: 'Try again',
  look: 'Look for updates',
  download: 'Download',
  install: 'Restart and install',
};

export type UpdateTexts = typeof english;

const texts: Catalogue<UpdateTexts> = { en: english };

export const useUpdateTexts = (): UpdateTexts => useCatalogue(texts);
