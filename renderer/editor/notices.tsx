/** What the user must know about this draft, each with what can be done. */
import Alert, { type AlertProps } from '@mui/material/Alert';
import Button from '@mui/material/Button';
import { type ReactElement, type ReactNode, useEffect, useState } from 'react';
import { FailureNotice } from '../components/failure-notice.tsx';
import { timeText } from '../components/time.ts';
import { chooseDirector } from '../stores/directors.ts';
import type { EditingSession, SessionSnapshot } from './session.ts';
import { useHome } from './use-home.ts';

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
      <Elsewhere session={session} />
      {wasRestored && (
        <Notice
          severity="info"
          actions={
            <Button color="inherit" onClick={() => session.seen()}>
              Good
            </Button>
          }
        >
          This is what you had typed until {timeText(facts.keptAt)}; it was neither saved nor applied yet.
        </Notice>
      )}
      {notKept && (
        <FailureNotice title="What you type is not kept now" failure={notKept} onRetry={() => void session.keep()} />
      )}
      {theirs !== undefined && differences === undefined && (
        <Notice
          severity="warning"
          actions={
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
        </Notice>
      )}
      {differences !== undefined && differences > 0 && <Comparison session={session} differences={differences} />}
    </>
  );
}

interface NoticeProps {
  readonly severity: AlertProps['severity'];
  readonly actions: ReactNode;
  readonly children: ReactNode;
}

function Notice({ severity, actions, children }: NoticeProps) {
  return (
    <Alert severity={severity} variant="outlined" role="status" action={actions}>
      {children}
    </Alert>
  );
}

/** The manifest of an application that another director has. */
function Elsewhere({ session }: { session: EditingSession }) {
  const { elsewhere, director, shown } = useHome(session);
  if (!elsewhere) return null;
  return (
    <Notice
      severity="warning"
      actions={
        director && (
          <Button color="inherit" onClick={() => chooseDirector(director.id)}>
            Show {director.name}
          </Button>
        )
      }
    >
      {director
        ? `This application runs at ${director.name}, and the window shows ${shown ?? 'another director'}. It is planned and applied there.`
        : 'The director of this application is not there any more. Save the text to a file to use it elsewhere.'}
    </Notice>
  );
}

function Comparison({ session, differences }: { session: EditingSession; differences: number }) {
  const [most] = useState(differences);
  useEffect(() => session.view.focus(), [session]);
  return (
    <Notice
      severity="info"
      actions={
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
    </Notice>
  );
}
