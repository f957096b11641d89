/** What there is while no director is connected: the first run, the set-up's steps, what failed, or a way to start again. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import { type ReactNode, useEffect, useRef } from 'react';
import type { SessionState } from '../../main/hub/protocol.ts';
import { FailureNotice } from '../components/failure-notice.tsx';
import { later } from '../components/later.tsx';
import { Mark } from '../components/mark.tsx';
import { OperationSteps } from '../components/operation-steps.tsx';
import { useAction } from '../components/use-action.ts';
import { hub } from '../hub/client.ts';
import { replaceDirectors, useDirectors } from '../stores/directors.ts';
import type { PagedSession } from '../stores/session.ts';
import { Choices } from '../welcome/choices.tsx';
import { useWelcomeTexts, type WelcomeTexts } from '../welcome/texts.ts';
import { UnlockForm } from '../welcome/unlock-form.tsx';

/** For the day when a director is lost. */
const RestoreNewest = later(async () => (await import('../security/restore-newest.tsx')).RestoreNewest);

const DestroyOffer = later(async () => (await import('../director/destroy-offer.tsx')).DestroyOffer);

type Unconnected = Exclude<SessionState, PagedSession>;

export interface WelcomePageProps {
  readonly session: Unconnected;
  /** Beside the sidebar, not instead of it. */
  readonly inside?: boolean;
}

export function WelcomePage({ session, inside = false }: WelcomePageProps) {
  const texts = useWelcomeTexts();
  const { title, text } = words(session, texts);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // The heading takes the focus when the state changes; where nothing can be done but type, the field does.
    if (session.state !== 'locked') heading.current?.focus();
  }, [session.state]);
  useEffect(() => {
    const before = document.title;
    document.title = texts.titleOfWindow;
    return () => {
      document.title = before;
    };
  }, [texts]);
  return (
    <Box
      component={inside ? 'div' : 'main'}
      // Choices come after the first paint: they must not push away what is there.
      sx={{
        ...{ height: '100%', overflow: 'auto', display: 'grid', p: 4 },
        placeItems: session.state === 'absent' ? 'start center' : 'center',
      }}
    >
      <Box sx={{ width: '100%', maxWidth: 560 }}>
        <Mark size={48} />
        <Typography
          component="h1"
          variant="h1"
          ref={heading}
          tabIndex={-1}
          sx={{ mt: 2, fontSize: '1.75rem', textWrap: 'balance' }}
        >
          {title}
        </Typography>
        <Typography color="textSecondary" sx={{ mt: 1, mb: 3, lineHeight: 1.6 }}>
          {text}
        </Typography>
        <Body session={session} />
        {session.state === 'failed' && (
          <>
            {!session.ending && <RestoreNewest />}
            <DestroyOffer ending={session.ending === true} />
          </>
        )}
      </Box>
    </Box>
  );
}

function words(session: Unconnected, texts: WelcomeTexts): { title: string; text: string } {
  switch (session.state) {
    case 'working':
      return { title: session.operation.title, text: texts.workingText };
    case 'failed':
      return session.ending ? texts.ending : texts.failed;
    default:
      return texts[session.state];
  }
}

function Body({ session }: { session: Unconnected }) {
  const texts = useWelcomeTexts();
  const ending = session.state === 'failed' && session.ending === true;
  const start = useAction(async () => {
    if (useDirectors.getState().chosen === undefined) replaceDirectors(await hub.call('list_directors', {}));
    else if (ending) await hub.call('destroy_director', {});
    else await hub.call('start', {});
  });
  switch (session.state) {
    case 'absent':
      return <Choices />;
    case 'locked':
      return <UnlockForm />;
    case 'working':
      return (
        <Panel>
          <OperationSteps
            operation={session.operation}
            titled={false}
            onCancel={() => void hub.call('cancel_setup', {})}
            onRetry={() => start.run()}
          />
        </Panel>
      );
    case 'failed':
      return session.operation ? (
        <Panel>
          <OperationSteps
            operation={{ ...session.operation, failure: session.failure, retryable: true }}
            titled={false}
            onRetry={() => start.run()}
          />
        </Panel>
      ) : (
        <FailureNotice failure={session.failure} onRetry={() => start.run()} />
      );
    case 'stopped':
      return (
        <Button variant="contained" size="large" disabled={start.busy} onClick={() => start.run()}>
          {texts.stopped.again}
        </Button>
      );
  }
}

function Panel({ children }: { children: ReactNode }) {
  return <Paper sx={{ p: 2.5 }}>{children}</Paper>;
}
