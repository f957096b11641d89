/** Something to fill in: Enter does what its button does, once all is filled in. What is wrong is said in our own words. */
import Box from '@mui/material/Box';
import type { SxProps, Theme } from '@mui/material/styles';
import type { ReactNode } from 'react';

export interface FormProps {
  /** Whether all is filled in. */
  readonly ready: boolean;
  readonly onSubmit: () => void;
  /** The fields, and the button: `type="submit"`. */
  readonly children: ReactNode;
  readonly sx?: SxProps<Theme>;
}

export function Form({ ready, onSubmit, children, sx = {} }: FormProps) {
  return (
    <Box
      component="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) onSubmit();
      }}
      sx={sx}
    >
      {children}
    </Box>
  );
}
