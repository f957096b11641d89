/** The number of nodes of a role, with less and more. */
import Add from '@mui/icons-material/Add';
import Remove from '@mui/icons-material/Remove';
import Box from '@mui/material/Box';
import IconButton from '@mui/material/IconButton';
import Typography from '@mui/material/Typography';
import type { ServiceInfo } from '../../remote/core/contract/application.ts';
import { useApplicationTexts } from './texts.ts';

export interface RoleCountProps {
  readonly role: ServiceInfo['roles'][number];
  readonly wanted: number;
  readonly onChange: (count: number) => void;
}

export function RoleCount({ role, wanted, onChange }: RoleCountProps) {
  const texts = useApplicationTexts().scaling;
  if (!role.scalable) return null;
  return (
    <Box role="group" aria-label={role.title} sx={{ display: 'flex', alignItems: 'center', gap: 0.5 }}>
      <IconButton aria-label={texts.less(role.name)} disabled={wanted <= role.min} onClick={() => onChange(wanted - 1)}>
        <Remove sx={{ fontSize: 16 }} />
      </IconButton>
      <Typography
        variant="body2"
        aria-live="polite"
        sx={{ minWidth: 20, textAlign: 'center', fontWeight: 600, fontVariantNumeric: 'tabular-nums' }}
      >
        {wanted}
      </Typography>
      <IconButton aria-label={texts.more(role.name)} disabled={wanted >= role.max} onClick={() => onChange(wanted + 1)}>
        <Add sx={{ fontSize: 16 }} />
      </IconButton>
    </Box>
  );
}
