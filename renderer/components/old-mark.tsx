/** What is shown is not live: as of when it is. */
import History from '@mui/icons-material/History';
import Chip from '@mui/material/Chip';
import { oldSince, useSession } from '../stores/session.ts';
import { useComponentTexts } from './texts/common.ts';
import { timeText } from './time.ts';

export function OldMark() {
  const texts = useComponentTexts();
  const since = useSession(({ session }) => oldSince(session));
  if (since === undefined) return null;
  return <Chip size="small" variant="outlined" icon={<History />} label={texts.asOf(timeText(since))} />;
}
