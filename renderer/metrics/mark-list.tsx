/** What happened in the time that is shown, in words. */
import ErrorOutlined from '@mui/icons-material/ErrorOutlined';
import PlayArrowRounded from '@mui/icons-material/PlayArrowRounded';
import Box from '@mui/material/Box';
import type { Mark } from './marks.ts';
import { useMetricsTexts } from './texts.ts';
import { formatMoment } from './units.ts';

/** The newest of them; the charts show all. */
const shown = 5;

export function MarkList({ marks }: { marks: readonly Mark[] }) {
  const texts = useMetricsTexts().marks;
  if (marks.length === 0) return null;
  const newest = marks.slice(-shown).reverse();
  return (
    <Box
      component="ul"
      aria-label={texts.label}
      sx={{ listStyle: 'none', m: 0, mb: 2, p: 0, fontSize: '0.8125rem', color: 'text.secondary' }}
    >
      {newest.map(({ time, text, kind }) => (
        <Box
          component="li"
          key={`${time} ${text}`}
          sx={{ display: 'flex', alignItems: 'center', gap: 0.75, py: 0.2, minWidth: 0 }}
        >
          {kind === 'failure' ? (
            <ErrorOutlined color="error" sx={{ fontSize: 16 }} titleAccess={texts.failed} />
          ) : (
            <PlayArrowRounded sx={{ fontSize: 16, transform: 'rotate(90deg)' }} titleAccess={texts.changed} />
          )}
          <Box component="span" sx={{ fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' }}>
            {formatMoment(time)}
          </Box>
          <Box
            component="span"
            sx={{ color: 'text.primary', overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}
          >
            {text}
          </Box>
        </Box>
      ))}
      {marks.length > shown && <Box component="li">{texts.earlier(marks.length - shown)}</Box>}
    </Box>
  );
}
