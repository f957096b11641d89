/** What uPlot needs of styles (its own sheet has colours of its own, and would come without the page's nonce). */
import GlobalStyles from '@mui/material/GlobalStyles';

export function PlotStyles() {
  return (
    <GlobalStyles
      styles={({ vars, palette }) => ({
        '.uplot, .uplot *': { boxSizing: 'border-box' },
        '.u-wrap': { position: 'relative', userSelect: 'none' },
        '.u-over, .u-under': { position: 'absolute' },
        '.u-under': { overflow: 'hidden' },
        '.uplot canvas': { display: 'block', position: 'relative', width: '100%', height: '100%' },
        '.u-axis': { position: 'absolute' },
        '.u-select': {
          position: 'absolute',
          pointerEvents: 'none',
          background: (vars?.palette ?? palette).primary.main,
          opacity: 0.16,
        },
        '.u-cursor-x, .u-cursor-y': { position: 'absolute', left: 0, top: 0, pointerEvents: 'none' },
        '.u-hz .u-cursor-x': { height: '100%', borderRight: `1px solid ${(vars?.palette ?? palette).text.secondary}` },
        '.u-cursor-y': { display: 'none' },
        '.u-cursor-pt': {
          position: 'absolute',
          top: 0,
          left: 0,
          borderRadius: '50%',
          border: '0 solid',
          pointerEvents: 'none',
          backgroundClip: 'padding-box !important',
        },
        '.u-axis.u-off, .u-select.u-off, .u-cursor-x.u-off, .u-cursor-pt.u-off': { display: 'none' },
      })}
    />
  );
}
