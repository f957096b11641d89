/**
 * What a program in the terminal may not do, whatever it prints: read or write the clipboard (OSC 52), change colours or
 * ask for them (OSC 4, 10 … 19, 104, 110 …: the answer would be typed into the shell), send notifications or files
 * (OSC 9, 777, 1337), ask for settings (DCS $ q and + q, CSI 21 t), which would be answered as if the user had typed it.
 */
import type { IDisposable, IParser } from '@xterm/xterm';

const ignoredOsc: readonly number[] = [
  4, 5, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 50, 51, 52, 104, 105, 110, 111, 112, 113, 114, 115, 116, 117, 118,
  119, 133, 633, 777, 1337,
];

/** Puts the guard before everything else that reads the sequences. @returns what takes it away */
export function guardSequences(parser: IParser): IDisposable {
  const ignore = () => true;
  const all = [
    ...ignoredOsc.map((code) => parser.registerOscHandler(code, ignore)),
    // the title: of no use here, and a way to lie
    ...[0, 1, 2].map((code) => parser.registerOscHandler(code, ignore)),
    parser.registerDcsHandler({ intermediates: '$', final: 'q' }, ignore),
    parser.registerDcsHandler({ intermediates: '+', final: 'q' }, ignore),
    parser.registerDcsHandler({ intermediates: '+', final: 'p' }, ignore),
    // reports of window, title, icon
    parser.registerCsiHandler({ final: 't' }, ignore),
  ];
  return {
    dispose: () => {
      for (const one of all) one.dispose();
    },
  };
}

/** A link that may be opened: http and https without a user name in it, written out as it will be opened. */
export function safeLink(text: string): string | undefined {
  if (text.length > 2000 || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  if (url.username !== '' || url.password !== '') return undefined;
  return url.href;
}
