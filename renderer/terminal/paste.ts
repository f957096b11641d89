/** What becomes of a paste. Pure. */

/** ESC and the other control characters could end a bracketed paste early, or be commands: only tab and newline stay. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

export interface Paste {
  /** What is sent. */
  readonly text: string;
  readonly lines: number;
  /** Characters that were left out. */
  readonly dropped: number;
  /** Several lines, or one that runs at once: the user is asked first. */
  readonly asks: boolean;
}

export function pasteOf(given: string): Paste {
  const unified = given.replaceAll(/\r\n?/g, '\n');
  const text = unified.replaceAll(controls, '');
  const hasBreak = text.includes('\n');
  const lines = text.replace(/\n$/, '').split('\n').length;
  return { text, lines, dropped: unified.length - text.length, asks: hasBreak };
}
