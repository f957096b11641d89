/** How a domain stands with its certificate: icon and word. */
import CheckCircle from '@mui/icons-material/CheckCircle';
import ErrorIcon from '@mui/icons-material/Error';
import Pending from '@mui/icons-material/Pending';
import Warning from '@mui/icons-material/Warning';
import type { DomainInfo } from '../../remote/core/contract/domains.ts';
import { type Sign, StateLook } from '../components/state-look.tsx';
import { useDomainTexts } from './texts.ts';

const signs: Readonly<Record<DomainInfo['state'], Sign>> = {
  waiting: { color: 'info', Icon: Pending },
  installing: { color: 'info', Icon: Pending },
  valid: { color: 'success', Icon: CheckCircle },
  expired: { color: 'error', Icon: ErrorIcon },
  failed: { color: 'error', Icon: ErrorIcon },
};
/** It still has one, but the next one was refused. */
const notRenewed: Sign = { color: 'warning', Icon: Warning };

export function DomainState({ domain }: { readonly domain: DomainInfo }) {
  const { state, failure } = domain;
  const texts = useDomainTexts();
  const look =
    state === 'valid' && failure
      ? { ...notRenewed, word: texts.notRenewed }
      : { ...signs[state], word: texts.states[state] };
  return <StateLook look={look} />;
}
