import Autorenew from '@mui/icons-material/Autorenew';
import Block from '@mui/icons-material/Block';
import CheckCircle from '@mui/icons-material/CheckCircle';
import History from '@mui/icons-material/History';
import type { CertificateInfo } from '../../remote/core/contract/security.ts';
import { type Look, StateLook } from '../components/state-look.tsx';

const looks: Readonly<Record<CertificateInfo['state'], Look>> = {
  valid: { word: 'valid', color: 'success', Icon: CheckCircle },
  replaced: { word: 'replaced', color: 'secondary', Icon: Autorenew },
  expired: { word: 'expired', color: 'secondary', Icon: History },
  revoked: { word: 'revoked', color: 'error', Icon: Block },
};

/** Icon and word. */
export function CertificateState({ state }: { state: CertificateInfo['state'] }) {
  return <StateLook look={looks[state]} />;
}
