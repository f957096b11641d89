/** A part of a page with a heading, what can be done with it, and a few words on what it is for. */
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { type ReactNode, useId } from 'react';
import { Unsaved } from './unsaved.tsx';

export interface SectionProps {
  readonly title: string;
  readonly text?: string | undefined;
  readonly actions?: ReactNode;
  /** Whether something was typed in it that is not applied yet. */
  readonly unsaved?: boolean;
  readonly children: ReactNode;
}

export function Section({ title, text, actions, unsaved = false, children }: SectionProps) {
  const id = useId();
  return (
    <Box component="section" aria-labelledby={id} sx={{ mb: 4 }}>
      <Box sx={{ display: 'flex', alignItems: 'center', flexWrap: 'wrap', gap: 1, mb: 1.5 }}>
        <Box sx={{ minWidth: 0, flex: '1 1 240px' }}>
          <Box sx={{ display: 'flex', alignItems: 'center', gap: 1 }}>
            <Typography component="h2" variant="h2" id={id}>
              {title}
            </Typography>
            {unsaved && <Unsaved />}
          </Box>
          {text && (
            <Typography variant="body2" color="textSecondary">
              {text}
            </Typography>
          )}
        </Box>
        {actions}
      </Box>
      {children}
    </Box>
  );
}
