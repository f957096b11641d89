/** A method of the contract in one line, which opens what is below it. */
import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import Chip from '@mui/material/Chip';
import Typography from '@mui/material/Typography';
import { Unsaved } from './unsaved.tsx';

export interface MethodHeadProps {
  readonly method: { readonly name: string; readonly doc: string; readonly kind: string };
  readonly open: boolean;
  /** Whether something was typed into its form and not sent. */
  readonly unsaved?: boolean;
  readonly onToggle: () => void;
}

export function MethodHead({ method, open, unsaved = false, onToggle }: MethodHeadProps) {
  return (
    <ButtonBase
      aria-expanded={open}
      onClick={onToggle}
      sx={{ width: '100%', justifyContent: 'flex-start', textAlign: 'left', gap: 1.5, px: 2, py: 1.25 }}
    >
      <Box component="code" sx={{ width: 210, flexShrink: 0, fontWeight: 600 }}>
        {method.name}
      </Box>
      <Typography variant="body2" color="textSecondary" sx={{ flex: 1 }}>
        {method.doc.split('`').map((part, index) => (index % 2 === 1 ? <code key={part}>{part}</code> : part))}
      </Typography>
      {unsaved && <Unsaved />}
      <Chip size="small" variant="outlined" label={method.kind} />
    </ButtonBase>
  );
}
