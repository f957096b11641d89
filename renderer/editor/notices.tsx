/** What the user must know about this draft, each with what can be done. */
import Alert, { type AlertProps } from '@mui/material/Alert';
import Button from '@mui/material/Button';
import { type ReactElement, type ReactNode, useEffect, useState } from 'react';
import { FailureNotice } from '../components/failure-notice.tsx';
import { timeText } from '../components/time.ts';
import { chooseDirector } from '../stores/directors.ts';
import type { EditingSession, SessionSnapshot } from './session.ts';
import { useEditorTexts } from './texts.ts';
import { useHome } from './use-home.ts';

export function DraftNotices({
  session,
  snapshot,
}: {
  session: EditingSession;
  snapshot: SessionSnapshot;
}): ReactElement {
  const { facts, wasRestored, notKept, theirs, differences } = snapshot;
  const texts = useEditorTexts().notices;
  return (
    <>
      <Elsewhere session={session} />
      {wasRestored && (
        <Notice
          severity="info"
          actions={
            <Button color="inherit" onClick={() => session.seen()}>
              {texts.good}
            </Button>
          }
        >
          {texts.restored(timeText(facts.keptAt))}
        </Notice>
      )}
      {notKept && <FailureNotice title={texts.notKept} failure={notKept} onRetry={() => void session.keep()} />}
      {theirs !== undefined && differences === undefined && (
        <Notice
          severity="warning"
          actions={
            <>
              <Button color="inherit" onClick={() => session.beginComparison()}>
                {texts.showDifference}
              </Button>
              <Button color="inherit" onClick={() => session.takeTheirs()}>
                {texts.takeTheirs}
              </Button>
              <Button color="inherit" onClick={() => session.keepMine()}>
                {texts.keepMine}
              </Button>
            </>
          }
        >
          {facts.origin.from === 'application' ? texts.applicationChanged : texts.fileChanged}
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
  const texts = useEditorTexts().notices;
  const { elsewhere, director, shown } = useHome(session);
  if (!elsewhere) return null;
  return (
    <Notice
      severity="warning"
      actions={
        director && (
          <Button color="inherit" onClick={() => chooseDirector(director.id)}>
            {texts.show(director.name)}
          </Button>
        )
      }
    >
      {director ? texts.elsewhere(director.name, shown ?? texts.anotherDirector) : texts.directorGone}
    </Notice>
  );
}

function Comparison({ session, differences }: { session: EditingSession; differences: number }) {
  const texts = useEditorTexts().notices;
  const [most] = useState(differences);
  useEffect(() => session.view.focus(), [session]);
  return (
    <Notice
      severity="info"
      actions={
        <>
          <Button color="inherit" onClick={() => session.takeTheirs()}>
            {texts.takeAll}
          </Button>
          <Button color="inherit" onClick={() => session.keepMine()}>
            {texts.keepAll}
          </Button>
        </>
      }
    >
      {texts.differences(differences, most)}
    </Notice>
  );
}
