/** What cannot be undone, on several at once: shows which, and asks for the deed and their number, typed: `delete 12`. */
import Box from '@mui/material/Box';
import { ConfirmTyped, type ConfirmTypedProps } from './confirm-typed.tsx';

export interface ConfirmManyProps extends Omit<ConfirmTypedProps, 'wanted' | 'action' | 'children'> {
  readonly names: readonly string[];
  /** One word in small letters: `delete`. */
  readonly deed: string;
}

export function ConfirmMany({ names, deed, ...more }: ConfirmManyProps) {
  const wanted = `${deed} ${names.length}`;
  return (
    <ConfirmTyped wanted={wanted} action={wanted.charAt(0).toUpperCase() + wanted.slice(1)} {...more}>
      <Box
        component="ul"
        aria-label="Which"
        tabIndex={0}
        sx={{ maxHeight: 200, overflow: 'auto', my: 2, pl: 2.5, overflowWrap: 'anywhere' }}
      >
        {names.map((name) => (
          <li key={name}>{name}</li>
        ))}
      </Box>
    </ConfirmTyped>
  );
}
