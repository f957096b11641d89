/** The texts of upgrades of a director. */
import { type Catalogue, useCatalogue } from '../texts/catalogue.ts';

const english = {
  available: 'A newer version of the director can be installed.',
  behind: 'Some managers or agents are not of the version of the director.',
  underWay: 'The director is being upgraded. Applications go on running.',
  failed: 'The upgrade has stopped. What did not work has gone back; applications go on running.',
  open: 'Show…',
  dialog: {
    title: 'Version of the director',
    intro:
      'The director is backed up and replaced first, then the hosts of machines, managers and agents one by one. Applications go on running. What does not work is put back by itself.',
    runs: (release: string) => `It runs ${release}.`,
    has: (release: string) => `This program has ${release}.`,
    unknown: 'a version that does not tell its name',
    backPlace: 'The way back is under Settings, at the director.',
    members: 'Managers, agents and hosts of machines',
    columns: { application: 'Application', process: 'Process', machine: 'Machine', runs: 'Runs' },
    roles: { manager: 'manager', agent: 'agent', host: 'host of the machine' },
    upgrade: 'Upgrade',
    later: 'Close',
    refused: 'It could not begin.',
  },
};

export type UpgradeTexts = typeof english;

const texts: Catalogue<UpgradeTexts> = { en: english };

export const useUpgradeTexts = (): UpgradeTexts => useCatalogue(texts);
