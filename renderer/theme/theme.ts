/** MUI's theme, made of our tokens. */
import { createTheme } from '@mui/material/styles';
import { dark, fonts, light, type Tokens } from './tokens.ts';

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

export const theme = createTheme({
  cssVariables: { colorSchemeSelector: 'data-theme' },
  colorSchemes: { light: { palette: palette(light) }, dark: { palette: palette(dark) } },
  shape: { borderRadius: 8 },
  typography: {
    fontFamily: fonts.text,
    fontSize: 13,
    h1: { fontSize: '1.375rem', fontWeight: 650, lineHeight: 1.3, letterSpacing: '-0.01em' },
    h2: { fontSize: '1.0625rem', fontWeight: 650, lineHeight: 1.4 },
    h3: { fontSize: '0.9375rem', fontWeight: 600, lineHeight: 1.4 },
    button: { textTransform: 'none', fontWeight: 600 },
  },
  transitions: {
    duration: {
      enteringScreen: 120,
      leavingScreen: 90,
      standard: 120,
      short: 90,
      shorter: 90,
      shortest: 60,
      complex: 150,
    },
  },
  components: {
    MuiCssBaseline: {
      styleOverrides: (theme) => ({
        'html, body, #root': { height: '100%' },
        body: { overflow: 'hidden' },
        ':focus-visible': {
          outline: `2px solid ${theme.vars.palette.primary.main}`,
          outlineOffset: 2,
          borderRadius: 4,
        },
        'h1:focus-visible, main:focus-visible': { outline: 'none' },
        'code, pre': { fontFamily: fonts.code, fontSize: '0.8125rem' },
        '@media (prefers-reduced-motion: reduce)': {
          '*': { animationDuration: '0.01ms', transitionDuration: '0.01ms' },
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
      styleOverrides: { root: { paddingInline: 12, whiteSpace: 'nowrap' } },
    },
    MuiIconButton: {
      defaultProps: { size: 'small' },
      styleOverrides: { root: ({ theme }) => ({ color: theme.vars.palette.text.secondary }) },
    },
    MuiPaper: { defaultProps: { variant: 'outlined' }, styleOverrides: { root: { backgroundImage: 'none' } } },
    MuiTextField: { defaultProps: { size: 'small' } },
    MuiLink: { defaultProps: { underline: 'hover' } },
    MuiTooltip: { defaultProps: { enterDelay: 400 } },
    MuiTableCell: {
      styleOverrides: {
        root: { paddingBlock: 9 },
        head: ({ theme }) => ({
          fontWeight: 600,
          fontSize: '0.75rem',
          color: theme.vars.palette.text.secondary,
          backgroundColor: theme.vars.palette.sunken,
          paddingBlock: 7,
        }),
      },
    },
    MuiDialog: { defaultProps: { fullWidth: true, maxWidth: 'sm' } },
    MuiDialogTitle: { styleOverrides: { root: { fontSize: '1.0625rem', fontWeight: 650 } } },
    MuiDialogActions: { styleOverrides: { root: { padding: '12px 24px 20px' } } },
    MuiAlert: { styleOverrides: { root: { alignItems: 'flex-start' } } },
  },
});
