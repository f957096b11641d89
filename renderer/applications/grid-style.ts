/**
 * The look of the grid, as one style for the whole of it: rows come and go while it scrolls, and a style for each of
 * their parts would cost more than the parts.
 */
import { styled } from '@mui/material/styles';

export const Grid = styled('div')(({ theme }) => {
  const { palette } = theme.vars ?? theme;
  return {
    containerType: 'inline-size',
    overflow: 'auto',
    flex: '0 1 auto',
    border: `1px solid ${palette.divider}`,
    borderRadius: theme.shape.borderRadius,
    backgroundColor: palette.background.paper,
    fontSize: '0.875rem',
    contain: 'strict',
    '&:focus-visible': { outline: `2px solid ${palette.primary.main}`, outlineOffset: 1 },
    '& .row': {
      display: 'grid',
      gridTemplateColumns:
        '36px minmax(120px, 1.6fr) minmax(150px, 2fr) minmax(176px, 0.9fr) minmax(88px, 0.6fr) 60px 76px 74px 82px',
      alignItems: 'center',
      boxSizing: 'border-box',
      borderBottom: `1px solid ${palette.divider}`,
    },
    '& .head': {
      position: 'sticky',
      top: 0,
      zIndex: 2,
      height: 34,
      backgroundColor: palette.sunken,
      color: palette.text.secondary,
      fontSize: '0.75rem',
      fontWeight: 600,
    },
    '& .head button': {
      all: 'unset',
      cursor: 'pointer',
      display: 'inline-flex',
      alignItems: 'center',
      gap: 2,
      '&:focus-visible': { outline: `2px solid ${palette.primary.main}`, outlineOffset: 2, borderRadius: 2 },
    },
    '& .rows': { position: 'relative' },
    // Each is laid out and painted by itself: one that comes leaves the others as they are.
    '& .rows > .row': { position: 'absolute', left: 0, right: 0, contain: 'strict' },
    '& .rows > .row:hover': { backgroundColor: palette.action.hover },
    '& .rows > .row[aria-selected="true"]': { backgroundColor: palette.action.selected },
    '& .cell': {
      minWidth: 0,
      padding: '0 8px',
      // Not clipped here: hundreds of clips are looked at for each frame. What may be long is a `.text` of its own.
      whiteSpace: 'nowrap',
      display: 'flex',
      alignItems: 'center',
      gap: 6,
      height: '100%',
      boxSizing: 'border-box',
    },
    '&:focus-visible .cell.active': { boxShadow: `inset 0 0 0 2px ${palette.primary.main}`, borderRadius: 4 },
    '& .cell.number, & .cell.hour': { justifyContent: 'flex-end', fontVariantNumeric: 'tabular-nums' },
    '& .cell.wide': { gridColumn: 'span 3' },
    '& .text': { overflow: 'hidden', textOverflow: 'ellipsis', minWidth: 0 },
    '& .quiet': { color: palette.text.secondary },
    '& a': { color: palette.primary.main, textDecoration: 'none', '&:hover': { textDecoration: 'underline' } },
    '& .link': {
      all: 'unset',
      cursor: 'pointer',
      color: palette.primary.main,
      overflow: 'hidden',
      textOverflow: 'ellipsis',
      '&:hover': { textDecoration: 'underline' },
    },
    '& a.name': { fontWeight: 600 },
    '& .word': { fontWeight: 600, flexShrink: 0 },
    '& .success': { color: palette.success.main },
    '& .warning': { color: palette.warning.main },
    '& .error': { color: palette.error.main },
    '& .info': { color: palette.info.main },
    '& .secondary': { color: palette.text.secondary },
    '& .icon': { fontSize: 16, flexShrink: 0 },
    '& .glyph': { width: 16, height: 16, fill: 'currentColor' },
    '& .small': {
      all: 'unset',
      cursor: 'pointer',
      display: 'inline-flex',
      alignItems: 'center',
      padding: 4,
      borderRadius: 4,
      color: palette.text.secondary,
      '&:hover': { color: palette.text.primary, backgroundColor: palette.action.hover },
    },
    '& .cancel': { color: palette.primary.main, fontWeight: 600, marginLeft: 'auto', flexShrink: 0 },
    '& .spark polyline': { stroke: palette.primary.main },
    '& .spark .dot': { fill: palette.primary.main },
    '& input[type="checkbox"]': { accentColor: palette.primary.main, width: 16, height: 16, margin: 0 },
    // Narrow windows keep what is needed to see whether all is well, and what it costs.
    '@container (max-width: 860px)': {
      '& .row': {
        gridTemplateColumns: '36px minmax(96px, 1.6fr) minmax(124px, 2fr) minmax(164px, 0.8fr) 56px 80px 84px',
      },
      '& .services, & .load': { display: 'none' },
      '& .cell.wide': { gridColumn: 'span 2' },
    },
    '@container (max-width: 660px)': {
      '& .row': {
        gridTemplateColumns: '36px minmax(96px, 1.6fr) minmax(124px, 2fr) minmax(150px, 0.8fr) 56px 84px',
      },
      '& .row > .hour': { display: 'none' },
    },
  };
});
