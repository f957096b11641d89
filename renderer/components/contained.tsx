/**
 * Holds a failure where it is: a page, tab or pane that throws, or whose code cannot be loaded, says so in its own place,
 * and the rest of the window goes on.
 */
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { Component, type ReactNode } from 'react';
import { drawingFailure, isNotLoaded } from './contained-failure.ts';
import { FailureNotice } from './failure-notice.tsx';
import { componentTexts } from './texts/common.ts';

export interface ContainedProps {
  /** What it is, as a title says it, e.g. "This page". */
  readonly what: string;
  /**
   * `page`: with a heading of its own. `over`: at the foot of the window, for what has no place of its own, such as the
   * palette.
   */
  readonly as?: 'page' | 'over';
  readonly children: ReactNode;
}

interface ContainedState {
  readonly thrown: { readonly value: unknown } | undefined;
}

const inPlace = { maxWidth: 720, p: 2 } as const;
const overAll = {
  position: 'fixed',
  zIndex: 'snackbar',
  insetInline: 24,
  bottom: 24,
  maxWidth: 640,
  mx: 'auto',
  bgcolor: 'background.paper',
} as const;

export class Contained extends Component<ContainedProps, ContainedState> {
  override state: ContainedState = { thrown: undefined };

  static getDerivedStateFromError(value: unknown): ContainedState {
    return { thrown: { value } };
  }

  override render(): ReactNode {
    const { what, as, children } = this.props;
    const { thrown } = this.state;
    if (!thrown) return children;
    const texts = componentTexts().contained;
    return (
      <Box sx={as === 'over' ? overAll : inPlace}>
        {as === 'page' && (
          <Typography component="h1" variant="h1" sx={{ mb: 2 }}>
            {texts.title}
          </Typography>
        )}
        <FailureNotice
          title={texts.cannotBeShown(what)}
          failure={drawingFailure(thrown.value)}
          onRetry={() => {
            if (isNotLoaded(thrown.value)) window.location.reload();
            else this.setState({ thrown: undefined });
          }}
        />
      </Box>
    );
  }
}
