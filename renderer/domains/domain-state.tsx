/** How a domain stands with its certificate: icon and word. */
import CheckCircle from '@mui/icons-material/CheckCircle';
import ErrorIcon from '@mui/icons-material/Error';
import Pending from '@mui/icons-material/Pending';
import Warning from '@mui/icons-material/Warning';
import type { DomainInfo } from '../../remote/core/contract/domains.ts';
import { type Look, StateLook } from '../components/state-look.tsx';

const looks: Readonly<Record<DomainInfo['state'], Look>> = {
  waiting: { word: 'asking', color: 'info', Icon: Pending },
  installing: { word: 'installing', color: 'info', Icon: Pending },
  valid: { word: 'valid', color: 'success', Icon: CheckCircle },
  expired: { word: 'expired', color: 'error', Icon: ErrorIcon },
  failed: { word: 'no certificate', color: 'error', Icon: ErrorIcon },
};
/** It still has one, but the next one was refused. */
const notRenewed: Look = { word: 'valid, not renewed', color: 'warning', Icon: Warning };

export function DomainState({ domain }: { readonly domain: DomainInfo }) {
  const { state, failure } = domain;
  return <StateLook look={state === 'valid' && failure ? notRenewed : looks[state]} />;
}
