/** The first line of a page: is it well; if not, what is not, why, and the click that mends it. */
import CheckCircle from '@mui/icons-material/CheckCircle';
import ErrorIcon from '@mui/icons-material/Error';
import PauseCircle from '@mui/icons-material/PauseCircleOutlineOutlined';
import Pending from '@mui/icons-material/Pending';
import Warning from '@mui/icons-material/Warning';
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import { useComponentTexts } from './texts/common.ts';

export type HealthLevel = 'good' | 'busy' | 'off' | 'warning' | 'bad';

export interface PageHealthProps {
  readonly level: HealthLevel;
  /** For screen readers, where it is not the first line. */
  readonly label?: string | undefined;
  /** Whether all is well, or what is not, in one sentence. */
  readonly text: string;
  /** Why it is not. */
  readonly why?: string | undefined;
  /** Buttons that mend it, or lead there. */
  readonly actions?: ReactNode;
}

const looks = {
  good: { color: 'success', Icon: CheckCircle },
  busy: { color: 'info', Icon: Pending },
  off: { color: 'secondary', Icon: PauseCircle },
  warning: { color: 'warning', Icon: Warning },
  bad: { color: 'error', Icon: ErrorIcon },
} as const;

export function PageHealth({ level, label, text, why, actions }: PageHealthProps) {
  const texts = useComponentTexts();
  const { color, Icon } = looks[level];
  const unwell = level === 'warning' || level === 'bad';
  return (
    <Box
      role="status"
      aria-label={label ?? texts.health}
      sx={{
        display: 'flex',
        flexWrap: 'wrap',
        alignItems: 'center',
        columnGap: 1,
        rowGap: 0.5,
        minHeight: 32,
        flexShrink: 0,
        mb: 2,
        ...(unwell
          ? {
              borderLeft: '3px solid',
              borderColor: `${color}.main`,
              bgcolor: 'sunken',
              px: 1.5,
              py: 0.5,
              borderRadius: 0.5,
            }
          : {}),
      }}
    >
      <Box sx={{ display: 'flex', gap: 1, minWidth: 0 }}>
        <Icon aria-hidden sx={{ fontSize: 18, mt: '1px', color: `${color}.main`, flexShrink: 0 }} />
        <Typography variant="body2" sx={{ fontWeight: unwell ? 600 : 400 }}>
          {text}
        </Typography>
      </Box>
      {why && (
        <Typography variant="body2" color="textSecondary" sx={{ flex: '1 1 240px', overflowWrap: 'anywhere' }}>
          {why}
        </Typography>
      )}
      {actions && <Box sx={{ ml: 'auto', display: 'flex', flexWrap: 'wrap', gap: 0.5 }}>{actions}</Box>}
    </Box>
  );
}
