/** How something is: icon, word and, where not all is well, the cause in a few words. */
import CheckCircle from '@mui/icons-material/CheckCircle';
import ErrorIcon from '@mui/icons-material/Error';
import HelpIcon from '@mui/icons-material/HelpOutlineOutlined';
import PauseCircle from '@mui/icons-material/PauseCircleOutlineOutlined';
import Pending from '@mui/icons-material/Pending';
import Warning from '@mui/icons-material/Warning';
import Typography from '@mui/material/Typography';
import type { Health } from '../../remote/core/contract/application.ts';
import { type Sign, StateLook } from './state-look.tsx';
import { useComponentTexts } from './texts/common.ts';

/** Icon and colour of each state; its word is one of the `states` of the texts. */
export const signs: Readonly<Record<Health, Sign>> = {
  creating: { color: 'info', Icon: Pending },
  starting: { color: 'info', Icon: Pending },
  running: { color: 'success', Icon: CheckCircle },
  degraded: { color: 'warning', Icon: Warning },
  stopping: { color: 'info', Icon: Pending },
  stopped: { color: 'secondary', Icon: PauseCircle },
  failed: { color: 'error', Icon: ErrorIcon },
  unreachable: { color: 'warning', Icon: HelpIcon },
};

export function StateLabel({ state, cause }: { state: Health; cause?: string | undefined }) {
  const { states } = useComponentTexts();
  return (
    <StateLook look={{ ...signs[state], word: states[state] }}>
      {cause && (
        <Typography component="span" variant="body2" color="textSecondary" noWrap title={cause}>
          {cause}
        </Typography>
      )}
    </StateLook>
  );
}
