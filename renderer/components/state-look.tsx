/** How any state looks: an icon and a word, never colour alone. */
import type CheckCircle from '@mui/icons-material/CheckCircle';
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';

/** What is seen of it. */
export interface Sign {
  readonly color: 'success' | 'warning' | 'error' | 'info' | 'secondary';
  readonly Icon: typeof CheckCircle;
}

/** What is seen of it and what it is called. */
export interface Look extends Sign {
  readonly word: string;
}

export interface StateLookProps {
  readonly look: Look;
  /** Inside of a line of small text: there the icon alone has the colour. */
  readonly small?: boolean;
  /** More on the same line. */
  readonly children?: ReactNode;
}

export function StateLook({ look: { word, color, Icon }, small = false, children }: StateLookProps) {
  return (
    <Box
      component="span"
      sx={{ display: small ? 'inline-flex' : 'flex', alignItems: 'center', gap: small ? 0.5 : 0.75, minWidth: 0 }}
    >
      <Icon aria-hidden sx={{ fontSize: small ? 13 : 16, color: `${color}.main`, flexShrink: 0 }} />
      {small ? (
        <Typography component="span" variant="caption" color="textSecondary">
          {word}
        </Typography>
      ) : (
        <Typography component="span" variant="body2" sx={{ color: `${color}.main`, fontWeight: 600 }}>
          {word}
        </Typography>
      )}
      {children}
    </Box>
  );
}
