/** The texts of the welcome page and the lock screen. They are loaded with the first page, which may be this one. */
import { type Catalogue, useCatalogue } from '../texts/catalogue.ts';
import { countText } from '../texts/count.ts';

const english = {
  titleOfWindow: 'ConPaaS Desktop',
  absent: {
    title: 'Run your web applications, from your desk',
    text: 'ConPaaS puts PHP and MySQL applications on real servers, scales them, and keeps them running. Start on this computer: no account, no cloud, nothing leaves it.',
  },
  locked: {
    title: 'The vault is locked',
    text: 'Your applications go on running. The passphrase opens the window again, where you left it. Only secrets that you had typed and not sent must be typed again.',
  },
  workingText: 'This takes a few seconds.',
  failed: { title: 'That did not work', text: 'Nothing is lost. Try again, or look at the details first.' },
  ending: {
    title: 'It is not gone yet',
    text: 'What is left of this director goes when you try again.',
  },
  stopped: {
    title: 'Everything is stopped',
    text: 'Applications, their code and their data are kept on this computer.',
    again: 'Start again',
  },
  unlock: { passphrase: 'Passphrase', button: 'Unlock', busy: 'Unlocking…' },
  here: {
    button: 'Try it on this computer',
    facts: [
      'It starts a director here: the process that looks after your applications.',
      'Applications get an address of their own that only this computer reaches.',
      'Closing this window stops nothing; “Stop everything” is in the File menu.',
    ],
  },
  cloud: {
    credential: 'Credential',
    enter: 'Enter credentials…',
    look: 'Look in other tools’ files…',
    doesNotWork: (credential: string) => `${credential} does not work.`,
    size: 'Size of the director’s machine',
    asking: (cloud: string) => `Asking ${cloud}…`,
    usual: 'The usual one',
    offer: (name: string, cpus: number, gigabytes: string, price: string) =>
      `${name} · ${countText(cpus, 'CPU')} · ${gigabytes} GB · ${price}`,
    setUp: (cloud: string) => `Set up on ${cloud}`,
  },
  free: {
    setUp: 'Set up here',
    setUpOn: (kind: string) => `Set up here: ${kind}`,
    busy: 'Looking whether all is there…',
  },
  lent: {
    label: 'What the director gets',
    nothingText: 'No key leaves this computer. New machines wait until this program is open here.',
    keyText:
      'It makes and ends machines itself, at any time. It keeps the key sealed; whoever takes over its machine has it.',
    key: (credential: string) => `The key of ${credential}`,
    other: (credential: string) => `Another key: ${credential}`,
    nothing: 'Nothing: it asks this computer',
  },
  file: {
    label: 'With a file',
    handOver: 'Use a hand-over file…',
    import: 'Import an export…',
    title: 'Use a hand-over file',
    text: 'It lets this desktop in to the deployment of another one.',
    action: 'Let in',
  },
};

export type WelcomeTexts = typeof english;

const texts: Catalogue<WelcomeTexts> = { en: english };

export const useWelcomeTexts = (): WelcomeTexts => useCatalogue(texts);
