import Autorenew from '@mui/icons-material/Autorenew';
import Block from '@mui/icons-material/Block';
import CheckCircle from '@mui/icons-material/CheckCircle';
import History from '@mui/icons-material/History';
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { CertificateInfo } from '../../remote/core/contract/security.ts';

const looks = {
  valid: { color: 'success', Icon: CheckCircle },
  replaced: { color: 'secondary', Icon: Autorenew },
  expired: { color: 'secondary', Icon: History },
  revoked: { color: 'error', Icon: Block },
} as const;

/** Icon and word. */
export function CertificateState({ state }: { state: CertificateInfo['state'] }) {
  const { color, Icon } = looks[state];
  return (
    <Box sx={{ display: 'flex', alignItems: 'center', gap: 0.75 }}>
      <Icon aria-hidden sx={{ fontSize: 16, color: `${color}.main` }} />
      <Typography component="span" variant="body2" sx={{ color: `${color}.main`, fontWeight: 600 }}>
        {state}
      </Typography>
    </Box>
  );
}
