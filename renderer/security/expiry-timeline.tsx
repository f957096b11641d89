/** When certificates end, as dots on a line from today to ten years; the table beside it has the dates. */
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { CertificateInfo } from '../../remote/core/contract/security.ts';
import { fromNowText, holderText, timelineMarks, timelinePlace } from './certificate-words.ts';
import { type SecurityTexts, useSecurityTexts } from './texts.ts';

const rows: readonly {
  readonly row: keyof SecurityTexts['timeline']['rows'];
  readonly kinds: readonly CertificateInfo['kind'][];
}[] = [
  { row: 'authorities', kinds: ['root', 'intermediate'] },
  { row: 'processes', kinds: ['director', 'manager', 'agent', 'host'] },
  { row: 'people', kinds: ['user'] },
];

const percent = (place: number): string => `${(place * 100).toFixed(2)}%`;

export function ExpiryTimeline({ certificates, now }: { certificates: readonly CertificateInfo[]; now: number }) {
  const texts = useSecurityTexts().timeline;
  const valid = certificates.filter(({ state }) => state === 'valid');
  return (
    <Box role="img" aria-label={texts.label(valid.length)} sx={{ pl: 12, pr: 4, pt: 1, pb: 3, position: 'relative' }}>
      {rows.map(({ row, kinds }) => (
        <Box key={row} sx={{ position: 'relative', height: 28, borderBottom: 1, borderColor: 'divider' }}>
          <Typography
            variant="caption"
            color="textSecondary"
            sx={{ position: 'absolute', right: '100%', mr: 2, top: 5, whiteSpace: 'nowrap' }}
          >
            {texts.rows[row]}
          </Typography>
          {valid
            .filter(({ kind }) => kinds.includes(kind))
            .map((one) => (
              <Box
                key={one.serial}
                title={texts.end(holderText(one), fromNowText(one.notAfter, now))}
                sx={{
                  position: 'absolute',
                  left: percent(timelinePlace(one.notAfter, now)),
                  top: 9,
                  width: 10,
                  height: 10,
                  ml: '-5px',
                  borderRadius: '50%',
                  bgcolor: timelinePlace(one.notAfter, now) < 0.15 ? 'warning.main' : 'primary.main',
                  border: 2,
                  borderColor: 'background.paper',
                }}
              />
            ))}
        </Box>
      ))}
      <Box sx={{ position: 'relative', height: 20 }}>
        {timelineMarks.map(({ mark }, index) => (
          <Typography
            key={mark}
            variant="caption"
            color="textSecondary"
            sx={{
              position: 'absolute',
              left: percent(index / (timelineMarks.length - 1)),
              transform: 'translateX(-50%)',
              whiteSpace: 'nowrap',
              pt: 0.5,
            }}
          >
            {texts.marks[mark]}
          </Typography>
        ))}
      </Box>
    </Box>
  );
}
