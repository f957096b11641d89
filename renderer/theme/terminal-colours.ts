/** The terminal in both themes: base colours are the window's tokens, the sixteen of ANSI are chosen to be read on them. */
import type { ITheme } from '@xterm/xterm';
import { dark, light, type Tokens } from './tokens.ts';

const base = (tokens: Tokens): ITheme => ({
  background: tokens.surface,
  foreground: tokens.text,
  cursor: tokens.accent,
  cursorAccent: tokens.surface,
  selectionBackground: tokens.accent,
  selectionForeground: tokens.accentText,
  selectionInactiveBackground: tokens.border,
  scrollbarSliderBackground: tokens.border,
  scrollbarSliderHoverBackground: tokens.textQuiet,
  scrollbarSliderActiveBackground: tokens.textQuiet,
  red: tokens.bad,
  green: tokens.good,
  yellow: tokens.warning,
  blue: tokens.accent,
  brightRed: tokens.bad,
  brightGreen: tokens.good,
  brightYellow: tokens.warning,
  brightBlue: tokens.accent,
});

export const terminalColours: Readonly<Record<'light' | 'dark', ITheme>> = {
  light: {
    ...base(light),
    black: light.text,
    brightBlack: light.textQuiet,
    white: light.textQuiet,
    brightWhite: light.text,
    magenta: '#8a1f8a',
    brightMagenta: '#8a1f8a',
    cyan: '#0b6a76',
    brightCyan: '#0b6a76',
  },
  dark: {
    ...base(dark),
    black: dark.border,
    brightBlack: dark.textQuiet,
    white: dark.text,
    brightWhite: dark.text,
    magenta: '#e7a3ee',
    brightMagenta: '#e7a3ee',
    cyan: '#6fd3de',
    brightCyan: '#6fd3de',
  },
};
