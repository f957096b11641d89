import Autorenew from '@mui/icons-material/Autorenew';
import Block from '@mui/icons-material/Block';
import CheckCircle from '@mui/icons-material/CheckCircle';
import History from '@mui/icons-material/History';
import type { CertificateInfo } from '../../remote/core/contract/security.ts';
import { type Sign, StateLook } from '../components/state-look.tsx';
import { useSecurityTexts } from './texts.ts';

const signs: Readonly<Record<CertificateInfo['state'], Sign>> = {
  valid: { color: 'success', Icon: CheckCircle },
  replaced: { color: 'secondary', Icon: Autorenew },
  expired: { color: 'secondary', Icon: History },
  revoked: { color: 'error', Icon: Block },
};

/** Icon and word. */
export function CertificateState({ state }: { state: CertificateInfo['state'] }) {
  return <StateLook look={{ ...signs[state], word: useSecurityTexts().states[state] }} />;
}
