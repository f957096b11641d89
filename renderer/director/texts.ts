/** The texts about a director as a whole: its version, the way back from an upgrade, and its end. */
import { type Catalogue, useCatalogue } from '../texts/catalogue.ts';
import { countText } from '../texts/count.ts';

const english = {
  version: {
    title: 'Version',
    text: (release: string) => `It runs ${release}.`,
    asking: 'The director is asked which version it is of…',
    unknown: 'It runs a version that does not tell its name.',
    failed: 'Its version is not known',
    show: 'Upgrade…',
    back: 'Go back…',
  },
  back: {
    title: 'Go back to the version before?',
    asking: 'The director’s machine is asked what ran there before…',
    before: (release: string) => `Before its last upgrade the director ran ${release}.`,
    none: 'There is nothing to go back to: this director has not been upgraded.',
    text: 'Agents, managers, hosts of machines and then the director are put back to what they ran before, one by one. Applications go on running, and all that was written since stays.',
    action: 'Go back',
    failed: 'What ran before is not known',
  },
  end: {
    title: 'End of the director',
    text: 'Removes it with all its applications, their code and data.',
    guestText: 'Ends the access of this computer. The director goes on; whoever has made it can let you in again.',
    open: 'Destroy this director…',
    guestOpen: 'End the access…',
    giveUp: 'Give up what is on a cloud…',
  },
  dialog: {
    title: (name: string) => `Destroy ${name}?`,
    guestTitle: (name: string) => `End the access to ${name}?`,
    asking: 'Looking what goes with it…',
    failed: 'What goes with it is not known',
    text: 'This cannot be undone. All of this goes for ever:',
    guestText: 'Keys and certificates of this computer for it are removed. Nothing of the director itself is touched.',
    applications: 'applications, with their code and data',
    application: (name: string, nodes: number) => `${name} (${countText(nodes, 'node')})`,
    noApplications: 'no applications',
    notCurrent: 'The director does not answer, so this list is what was seen last; there may be more.',
    here: 'the director and all its processes on this computer',
    machines: 'the director and all machines and volumes that it has at its cloud',
    backups: (count: number) =>
      `${countText(count, 'backup')} of the director on this computer, and the key without which no copy elsewhere can be opened`,
    backupVolume: 'the volume that it writes backups to, with all of them',
    keys: 'its root certificate and all keys: everybody else loses access, too',
    leaving: {
      label: 'A cloud that is gone for good',
      leave: (cloud: string) => `Leave what is on ${cloud}, and destroy the rest`,
      hint: (command: string) =>
        `What is there is not touched, and may go on costing money. Should the cloud come back: ${command}`,
    },
    action: 'Destroy',
    guestAction: 'End the access',
  },
};

export type DirectorTexts = typeof english;

const texts: Catalogue<DirectorTexts> = { en: english };

export const useDirectorTexts = (): DirectorTexts => useCatalogue(texts);
