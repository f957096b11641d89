/** How something is: icon, word and, where not all is well, the cause in a few words. */
import CheckCircle from '@mui/icons-material/CheckCircle';
import ErrorIcon from '@mui/icons-material/Error';
import HelpIcon from '@mui/icons-material/HelpOutlineOutlined';
import PauseCircle from '@mui/icons-material/PauseCircleOutlineOutlined';
import Pending from '@mui/icons-material/Pending';
import Warning from '@mui/icons-material/Warning';
import Typography from '@mui/material/Typography';
import type { Health } from '../../remote/core/contract/application.ts';
import { type Look, StateLook } from './state-look.tsx';

/** Icon, word and colour of each state. */
export const looks: Readonly<Record<Health, Look>> = {
  creating: { word: 'creating', color: 'info', Icon: Pending },
  starting: { word: 'starting', color: 'info', Icon: Pending },
  running: { word: 'running', color: 'success', Icon: CheckCircle },
  degraded: { word: 'degraded', color: 'warning', Icon: Warning },
  stopping: { word: 'stopping', color: 'info', Icon: Pending },
  stopped: { word: 'stopped', color: 'secondary', Icon: PauseCircle },
  failed: { word: 'failed', color: 'error', Icon: ErrorIcon },
  unreachable: { word: 'unreachable', color: 'warning', Icon: HelpIcon },
};

export function StateLabel({ state, cause }: { state: Health; cause?: string | undefined }) {
  return (
    <StateLook look={looks[state]}>
      {cause && (
        <Typography component="span" variant="body2" color="textSecondary" noWrap title={cause}>
          {cause}
        </Typography>
      )}
    </StateLook>
  );
}
