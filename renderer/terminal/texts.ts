/** The texts of terminals. */
import { type Catalogue, textsOf, useCatalogue } from '../texts/catalogue.ts';
import { countText } from '../texts/count.ts';

const english = {
  label: (node: string) => `Terminal on ${node}`,
  gone: 'The node is gone',
  ended: 'The terminal has ended',
  lost: 'The connection to the terminal was lost. Connect again: it will be a new shell.',
  openAgain: 'Open again',
  close: 'Close',
  keys: (leave: string) => `${leave} leaves · Ctrl+Shift+C copies · Ctrl+Shift+V pastes`,
  readOut: 'Read out',
  status: {
    connecting: (node: string) => `Connecting to ${node} …`,
    open: (node: string, leave: string) => `Connected to ${node}. ${leave} leaves the terminal.`,
    ended: 'The shell has ended.',
    failed: (code: number | undefined) => `The shell has ended with exit code ${code}.`,
    notConnected: 'Not connected.',
  },
  question: {
    about: 'What it is about',
    cancel: 'Cancel',
    link: {
      title: 'Open this link?',
      text: 'A program in the terminal has shown it. It opens in your browser.',
      action: 'Open',
    },
    paste: {
      title: (lines: number) => `Paste ${countText(lines, 'line')}?`,
      text: (dropped: number) =>
        dropped === 0
          ? 'The shell may run each line as soon as it arrives.'
          : `The shell may run each line as soon as it arrives. ${countText(dropped, 'control character')} will be left out.`,
      action: 'Paste',
    },
  },
};

export type TerminalTexts = typeof english;

const texts: Catalogue<TerminalTexts> = { en: english };

export const useTerminalTexts = (): TerminalTexts => useCatalogue(texts);
export const terminalTexts = (): TerminalTexts => textsOf(texts);
