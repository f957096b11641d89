/**
 * Text of a line as parts with a look each: colours of terminals are taken over, everything else that a terminal would
 * obey is left out or made visible. What is hosted must not be able to hide or fake a line. Pure.
 */

export interface Part {
  readonly text: string;
  /** Names of classes; none: plain. `hidden`: the text stands for a character that could not be seen. */
  readonly look: string;
  /** So many characters of the line it stands for, where that is not the length of the text. */
  readonly stands?: number;
}

const names = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;
type Colour = (typeof names)[number];

interface Style {
  readonly colour: Colour | undefined;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
  readonly inverse: boolean;
}

const plain: Style = {
  colour: undefined,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  inverse: false,
};

/**
 * CSI (also its 8-bit form), with its parameters and its last letter; or one of the strings (OSC, DCS, SOS, PM, APC) to
 * its end or to the end of the line; or any other escape sequence; or an escape by itself.
 */
const sequence =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /(?:\u001b\[|\u009b)([0-?]*)[ -/]*([@-~])|(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c|$)|\u001b[ -/]*[0-~]|\u001b/g;

/** Controls but tab; marks of direction; what has no width; line and paragraph separators; tags; soft hyphen. */
const unseen =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|\u034f|[\u{e0000}-\u{e007f}]/gu;

/** The parts of a line. */
export function partsOf(line: string): Part[] {
  const parts: Part[] = [];
  let style = plain;
  let start = 0;
  for (const match of line.matchAll(sequence)) {
    add(parts, line.slice(start, match.index), lookOf(style));
    start = match.index + match[0].length;
    if (match[2] === 'm') style = changed(style, match[1] ?? '');
  }
  add(parts, line.slice(start), lookOf(style));
  return parts;
}

function add(parts: Part[], text: string, look: string): void {
  let start = 0;
  for (const match of text.matchAll(unseen)) {
    if (match.index > start) parts.push({ text: text.slice(start, match.index), look });
    parts.push({ text: nameOf(match[0]), look: 'hidden', stands: match[0].length });
    start = match.index + match[0].length;
  }
  if (start < text.length) parts.push({ text: text.slice(start), look });
}

/** `␀` for controls that have a picture, `U+202E` for others. */
function nameOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

function lookOf({ colour, bold, dim, italic, underline, inverse }: Style): string {
  const looks = [
    colour,
    bold && 'bold',
    dim && 'dim',
    italic && 'italic',
    underline && 'underline',
    inverse && 'inverse',
  ];
  return looks.filter((look) => look).join(' ');
}

/** The style after an SGR sequence. Backgrounds are left out: with them a line could be made unreadable. */
function changed(before: Style, parameters: string): Style {
  let style = before;
  const codes = parameters.split(/[;:]/).map((code) => (code === '' ? 0 : Number(code)));
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0;
    if (code === 0) style = plain;
    else if (code === 1) style = { ...style, bold: true };
    else if (code === 2) style = { ...style, dim: true };
    else if (code === 3) style = { ...style, italic: true };
    else if (code === 4) style = { ...style, underline: true };
    else if (code === 7) style = { ...style, inverse: true };
    else if (code === 22) style = { ...style, bold: false, dim: false };
    else if (code === 23) style = { ...style, italic: false };
    else if (code === 24) style = { ...style, underline: false };
    else if (code === 27) style = { ...style, inverse: false };
    else if (code === 39) style = { ...style, colour: undefined };
    else if (code >= 30 && code <= 37) style = { ...style, colour: names[code - 30] };
    else if (code >= 90 && code <= 97) style = { ...style, colour: names[code - 90] };
    else if (code === 38 || code === 48 || code === 58) {
      const isPalette = codes[at + 1] === 5;
      const colour = isPalette ? ofPalette(codes[at + 2] ?? 0) : ofRgb(codes.slice(at + 2, at + 5));
      if (code === 38) style = { ...style, colour };
      at += isPalette ? 2 : 4;
    }
  }
  return style;
}

function ofPalette(index: number): Colour | undefined {
  if (index < 16) return names[index % 8];
  if (index > 231) return undefined;
  const cube = index - 16;
  return ofRgb([Math.floor(cube / 36) * 51, (Math.floor(cube / 6) % 6) * 51, (cube % 6) * 51]);
}

/** The nearest of the colours that the theme has. */
function ofRgb([red = 0, green = 0, blue = 0]: readonly number[]): Colour | undefined {
  const least = Math.min(red, green, blue);
  const most = Math.max(red, green, blue);
  if (most - least < 48) return undefined; // grey: as the text around it
  const middle = (least + most) / 2;
  return names[(red > middle ? 1 : 0) + (green > middle ? 2 : 0) + (blue > middle ? 4 : 0)];
}
