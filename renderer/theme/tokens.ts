/** Colours, sizes and type of the window. Contrast of text is at least 4.5 : 1 in both themes (axe checks it). */

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
  background: '#f6f7f9',
  surface: '#ffffff',
  sunken: '#eef0f4',
  border: '#dfe3e9',
  text: '#18212c',
  textQuiet: '#536071',
  accent: '#1f57c3',
  accentText: '#ffffff',
  good: '#14713f',
  warning: '#8a5200',
  bad: '#b3261e',
  info: '#1f57c3',
  lines: ['#0a5fa8', '#b4470a', '#00755c', '#8738a6', '#7a5c00', '#3f4a58'],
};

export const dark: Tokens = {
  background: '#12161c',
  surface: '#1a2029',
  sunken: '#161b23',
  border: '#2d3643',
  text: '#e7ebf1',
  textQuiet: '#a3afbf',
  accent: '#8ab0ff',
  accentText: '#0d1626',
  good: '#5fd097',
  warning: '#f2bb5c',
  bad: '#ff938a',
  info: '#8ab0ff',
  lines: ['#6fb4f3', '#ffa066', '#4fd1a5', '#d59cf2', '#e8c547', '#c3ccd8'],
};

export const fonts = {
  text: "'Inter', 'Segoe UI', 'Cantarell', 'Ubuntu', system-ui, -apple-system, 'DejaVu Sans', sans-serif",
  code: "'JetBrains Mono', 'Cascadia Mono', 'SF Mono', 'DejaVu Sans Mono', ui-monospace, monospace",
} as const;

export const sidebarWidth = 216;
