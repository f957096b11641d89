/** What the user must know about this draft, each with what can be done. */
import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import { type ReactElement, useEffect, useState } from 'react';
import { FailureNotice } from '../components/failure-notice.tsx';
import { timeText } from '../components/time.ts';
import type { EditingSession, SessionSnapshot } from './session.ts';

export function DraftNotices({
  session,
  snapshot,
}: {
  session: EditingSession;
  snapshot: SessionSnapshot;
}): ReactElement {
  const { facts, wasRestored, notKept, theirs, differences } = snapshot;
  const source = facts.origin.from === 'application' ? 'The application was changed' : 'The file was changed';
  return (
    <>
      {wasRestored && (
        <Alert
          severity="info"
          variant="outlined"
          role="status"
          action={
            <Button color="inherit" onClick={() => session.seen()}>
              Good
            </Button>
          }
        >
          This is what you had typed until {timeText(facts.keptAt)}; it was neither saved nor applied yet.
        </Alert>
      )}
      {notKept && (
        <FailureNotice title="What you type is not kept now" failure={notKept} onRetry={() => void session.keep()} />
      )}
      {theirs !== undefined && differences === undefined && (
        <Alert
          severity="warning"
          variant="outlined"
          role="status"
          action={
            <>
              <Button color="inherit" onClick={() => session.beginComparison()}>
                Show the difference
              </Button>
              <Button color="inherit" onClick={() => session.takeTheirs()}>
                Take theirs
              </Button>
              <Button color="inherit" onClick={() => session.keepMine()}>
                Keep mine
              </Button>
            </>
          }
        >
          {source} meanwhile. Your text is as you left it.
        </Alert>
      )}
      {differences !== undefined && differences > 0 && <Comparison session={session} differences={differences} />}
    </>
  );
}

function Comparison({ session, differences }: { session: EditingSession; differences: number }) {
  const [most] = useState(differences);
  useEffect(() => session.view.focus(), [session]);
  return (
    <Alert
      severity="info"
      variant="outlined"
      role="status"
      action={
        <>
          <Button color="inherit" onClick={() => session.takeTheirs()}>
            Take all of theirs
          </Button>
          <Button color="inherit" onClick={() => session.keepMine()}>
            Keep all of mine
          </Button>
        </>
      }
    >
      {differences} of {most} {most === 1 ? 'difference' : 'differences'} left. Red is theirs, green is yours; choose at
      each place in the text.
    </Alert>
  );
}
