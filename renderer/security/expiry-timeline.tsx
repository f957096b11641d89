/** When certificates end, as dots on a line from today to ten years; the table beside it has the dates. */
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { CertificateInfo } from '../../remote/core/contract/security.ts';
import { fromNowText, holderText, timelineMarks, timelinePlace } from './certificate-words.ts';

const rows: readonly { readonly title: string; readonly kinds: readonly CertificateInfo['kind'][] }[] = [
  { title: 'Authorities', kinds: ['root', 'intermediate'] },
  { title: 'Processes', kinds: ['director', 'manager', 'agent', 'host'] },
  { title: 'People', kinds: ['user'] },
];

const percent = (place: number): string => `${(place * 100).toFixed(2)}%`;

export function ExpiryTimeline({ certificates, now }: { certificates: readonly CertificateInfo[]; now: number }) {
  const valid = certificates.filter(({ state }) => state === 'valid');
  return (
    <Box
      role="img"
      aria-label={`Ends of ${valid.length} certificates; the table below has the dates`}
      sx={{ pl: 12, pr: 4, pt: 1, pb: 3, position: 'relative' }}
    >
      {rows.map(({ title, kinds }) => (
        <Box key={title} sx={{ position: 'relative', height: 28, borderBottom: 1, borderColor: 'divider' }}>
          <Typography
            variant="caption"
            color="textSecondary"
            sx={{ position: 'absolute', right: '100%', mr: 2, top: 5, whiteSpace: 'nowrap' }}
          >
            {title}
          </Typography>
          {valid
            .filter(({ kind }) => kinds.includes(kind))
            .map((one) => (
              <Box
                key={one.serial}
                title={`${holderText(one)}: ends ${fromNowText(one.notAfter, now)}`}
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
        {timelineMarks.map(({ label }, index) => (
          <Typography
            key={label}
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
            {label}
          </Typography>
        ))}
      </Box>
    </Box>
  );
}
