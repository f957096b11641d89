/**
 * Colours, sizes and type of the window: light and dark from one set of names. Contrast of text is at least 4.5 : 1 in
 * both themes (axe checks it). One accent; the other colours mean a state, and beside each stands an icon and a word.
 */

export interface Tokens {
  readonly background: string;
  readonly surface: string;
  /** Sidebar, table heads, quiet panels. */
  readonly sunken: string;
  readonly border: string;
  readonly text: string;
  readonly textQuiet: string;
  readonly accent: string;
  readonly accentText: string;
  readonly good: string;
  readonly warning: string;
  readonly bad: string;
  readonly info: string;
  /** Lines of charts: told apart by people who see colours differently, 3 : 1 at least to the surface; dashes differ too. */
  readonly lines: readonly string[];
}

export const light: Tokens = {
  background: '#fafbfc',
  surface: '#ffffff',
  sunken: '#f1f3f6',
  border: '#dde2e9',
  text: '#151b23',
  textQuiet: '#56606e',
  accent: '#2453c5',
  accentText: '#ffffff',
  good: '#176c3e',
  warning: '#8a5000',
  bad: '#b3261e',
  info: '#2453c5',
  lines: ['#0a5fa8', '#b4470a', '#00755c', '#8738a6', '#7a5c00', '#3f4a58'],
};

export const dark: Tokens = {
  background: '#0f1319',
  surface: '#161b23',
  sunken: '#12161d',
  border: '#2a323e',
  text: '#e6eaf0',
  textQuiet: '#a0abba',
  accent: '#8fb2ff',
  accentText: '#0b1424',
  good: '#5fce96',
  warning: '#f0ba5e',
  bad: '#ff958c',
  info: '#8fb2ff',
  lines: ['#6fb4f3', '#ffa066', '#4fd1a5', '#d59cf2', '#e8c547', '#c3ccd8'],
};

export const fonts = {
  text: "'Inter Variable', 'Inter Extended Variable', 'Segoe UI', 'Cantarell', 'Ubuntu', system-ui, -apple-system, 'DejaVu Sans', sans-serif",
  code: "'JetBrains Mono Variable', 'Cascadia Mono', 'SF Mono', 'DejaVu Sans Mono', ui-monospace, monospace",
} as const;

/** All sizes are multiples of this, pixels. */
export const grid = 8;

/** Height of a row of a list or table, pixels, by density; the page has it as `var(--row)`. */
export const rowHeight = { comfortable: 5 * grid, compact: 4 * grid } as const;

/** Pixels; the narrow one, with icons only, where the page would be left too little. */
export const sidebarWidth = { wide: 27 * grid, narrow: 7 * grid } as const;
/** Below this width of the window the sidebar is narrow, pixels. */
export const narrowBelow = 900;

/** Milliseconds; nothing moves longer. */
export const motion = { quick: 80, usual: 120, long: 160 } as const;
