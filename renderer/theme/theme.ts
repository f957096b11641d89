/** MUI's theme, made of our tokens. */
import { createTheme, type Theme } from '@mui/material/styles';
import { perLanguage } from '../texts/catalogue.ts';
import { type ThemeTexts, themeTexts, useThemeTexts } from './texts.ts';
import { dark, fonts, grid, light, motion, rowHeight, type Tokens } from './tokens.ts';

declare module '@mui/material/styles' {
  interface Palette {
    /** Sidebar, table heads, quiet panels. */
    sunken: string;
  }
  interface PaletteOptions {
    sunken?: string;
  }
}

function palette(tokens: Tokens) {
  const color = (main: string) => ({ main, light: main, dark: main, contrastText: tokens.accentText });
  return {
    primary: color(tokens.accent),
    secondary: color(tokens.textQuiet),
    success: color(tokens.good),
    warning: color(tokens.warning),
    error: color(tokens.bad),
    info: color(tokens.info),
    background: { default: tokens.background, paper: tokens.surface },
    text: { primary: tokens.text, secondary: tokens.textQuiet, disabled: tokens.textQuiet },
    divider: tokens.border,
    sunken: tokens.sunken,
  };
}

/** The theme with the words of the language in force. */
export function useWindowTheme(): Theme {
  useThemeTexts();
  return theme();
}

const theme = perLanguage(() => themeWith(themeTexts()));

function themeWith(texts: ThemeTexts): Theme {
  return createTheme({
    cssVariables: { colorSchemeSelector: 'data-theme' },
    colorSchemes: { light: { palette: palette(light) }, dark: { palette: palette(dark) } },
    spacing: grid,
    shape: { borderRadius: 6 },
    typography: {
      fontFamily: fonts.text,
      fontSize: 13,
      h1: { fontSize: '1.375rem', fontWeight: 640, lineHeight: 1.3, letterSpacing: '-0.015em' },
      h2: { fontSize: '1.0625rem', fontWeight: 650, lineHeight: 1.4 },
      h3: { fontSize: '0.9375rem', fontWeight: 600, lineHeight: 1.4 },
      body1: { fontSize: '0.875rem', lineHeight: 1.5 },
      body2: { fontSize: '0.8125rem', lineHeight: 1.5 },
      button: { textTransform: 'none', fontWeight: 600 },
    },
    transitions: {
      duration: {
        enteringScreen: motion.usual,
        leavingScreen: motion.quick,
        standard: motion.usual,
        short: motion.usual,
        shorter: motion.quick,
        shortest: motion.quick,
        complex: motion.long,
      },
    },
    components: {
      MuiCssBaseline: {
        styleOverrides: (theme) => ({
          ':root': { '--row': `${rowHeight.comfortable}px` },
          ':root[data-density="compact"]': { '--row': `${rowHeight.compact}px` },
          'html, body, #root': { height: '100%' },
          // Else the browser takes fonts of its own for them: looking for those on the system delays the first paint.
          html: { fontFamily: fonts.text },
          'button, input, select, textarea': { fontFamily: 'inherit' },
          body: { overflow: 'hidden' },
          // Figures that change or stand in columns keep their width. Not everywhere: hyphens of names would be as wide.
          '.figures, time, kbd, [role="timer"]': { fontVariantNumeric: 'tabular-nums' },
          ':focus-visible': {
            outline: `2px solid ${theme.vars.palette.primary.main}`,
            outlineOffset: 2,
            borderRadius: 4,
          },
          // A focused element is never left under what sticks to an edge.
          main: { scrollPaddingBlock: 8 * grid },
          'h1:focus-visible, main:focus-visible': { outline: 'none' },
          'code, pre': { fontFamily: fonts.code, fontSize: '0.8125rem', fontVariantLigatures: 'none' },
          '@media (prefers-reduced-motion: reduce)': {
            '*, *::before, *::after': {
              animationDuration: '0.01ms !important',
              animationIterationCount: '1 !important',
              transitionDuration: '0.01ms !important',
              scrollBehavior: 'auto !important',
            },
          },
          // Colours are the system's there: what only a background tells needs a line.
          '@media (forced-colors: active)': {
            ':focus-visible, .Mui-focusVisible': { outline: '3px solid Highlight !important' },
            '.Mui-selected, [aria-current="page"], [aria-selected="true"], [aria-pressed="true"]': {
              outline: '1px solid Highlight',
              outlineOffset: -1,
            },
            '.MuiButton-contained, .MuiAlert-root, .MuiChip-root, .MuiTooltip-tooltip, .MuiSkeleton-root': {
              border: '1px solid CanvasText',
            },
            '.Mui-disabled': { color: 'GrayText !important' },
          },
        }),
      },
      MuiButtonBase: {
        defaultProps: { disableRipple: true },
        styleOverrides: {
          root: ({ theme }) => ({
            '&.Mui-focusVisible': { outline: `2px solid ${theme.vars.palette.primary.main}`, outlineOffset: 2 },
          }),
        },
      },
      MuiButton: {
        defaultProps: { disableElevation: true, size: 'small' },
        styleOverrides: { root: { paddingInline: 12, minHeight: 4 * grid, whiteSpace: 'nowrap' } },
      },
      MuiIconButton: {
        defaultProps: { size: 'small' },
        styleOverrides: { root: ({ theme }) => ({ color: theme.vars.palette.text.secondary }) },
      },
      MuiPaper: { defaultProps: { variant: 'outlined' }, styleOverrides: { root: { backgroundImage: 'none' } } },
      MuiTextField: { defaultProps: { size: 'small' } },
      MuiListItemButton: { styleOverrides: { root: { minHeight: 'var(--row)' } } },
      MuiTabs: { styleOverrides: { root: { minHeight: 5 * grid }, indicator: { height: 2 } } },
      MuiTab: {
        defaultProps: { disableRipple: true },
        styleOverrides: {
          root: ({ theme }) => ({
            minHeight: 5 * grid,
            minWidth: 0,
            padding: `${grid}px ${1.5 * grid}px`,
            textTransform: 'none',
            fontWeight: 500,
            '&.Mui-focusVisible': { outline: `2px solid ${theme.vars.palette.primary.main}`, outlineOffset: -2 },
          }),
        },
      },
      MuiSkeleton: {
        defaultProps: { animation: false },
        styleOverrides: {
          root: ({ theme }) => ({
            // The sunken colour alone is hardly to be seen in the dark.
            backgroundColor: `color-mix(in srgb, ${theme.vars.palette.divider} 60%, ${theme.vars.palette.sunken})`,
          }),
        },
      },
      // It lies outside of the page's landmarks: while it is open it is one.
      MuiMenu: { defaultProps: { slotProps: { root: { role: 'region', 'aria-label': texts.menu } } } },
      MuiMenuItem: { styleOverrides: { root: { minHeight: 'var(--row)', fontSize: '0.875rem' } } },
      MuiLink: { defaultProps: { underline: 'hover' } },
      MuiTooltip: { defaultProps: { enterDelay: 400 } },
      MuiTableCell: {
        styleOverrides: {
          // A button fits in a row of either density; lines that wrap do not touch the borders.
          root: { paddingBlock: `calc((var(--row) - ${4 * grid}px) / 2)`, height: 'var(--row)' },
          alignRight: { fontVariantNumeric: 'tabular-nums' },
          head: ({ theme }) => ({
            fontWeight: 600,
            fontSize: '0.75rem',
            color: theme.vars.palette.text.secondary,
            backgroundColor: theme.vars.palette.sunken,
            height: 4 * grid,
          }),
        },
      },
      MuiDialog: { defaultProps: { fullWidth: true, maxWidth: 'sm' } },
      MuiDialogTitle: { styleOverrides: { root: { fontSize: '1.0625rem', fontWeight: 650 } } },
      MuiDialogActions: { styleOverrides: { root: { padding: '12px 24px 20px' } } },
      MuiFormControlLabel: { defaultProps: { slotProps: { typography: { variant: 'body2' } } } },
      MuiAlert: { styleOverrides: { root: { alignItems: 'flex-start' } } },
    },
  });
}
