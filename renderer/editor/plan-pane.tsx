/** What applying the text would do; doing it, with the steps in the same place. */
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { PlanView } from '../application/plan-view.tsx';
import { CloudChoice } from '../clouds/cloud-choice.tsx';
import { AddressLink } from '../components/address-link.tsx';
import { FailureNotice } from '../components/failure-notice.tsx';
import { OperationSteps } from '../components/operation-steps.tsx';
import { useOperation } from '../components/use-operation.ts';
import { Worded } from '../components/worded.tsx';
import { useApplications } from '../stores/applications.ts';
import { go } from '../stores/route.ts';
import { useEditorTexts } from './texts.ts';
import type { Applying } from './use-applying.ts';

export interface PlanPaneProps {
  readonly applying: Applying;
  readonly text: string;
  /** The application is not at the director that is shown. */
  readonly elsewhere: boolean;
  /** It is the manifest of an application that is there. */
  readonly ofApplication: boolean;
}

export function PlanPane({ applying, text, elsewhere, ofApplication }: PlanPaneProps) {
  const texts = useEditorTexts().plan;
  const { planned, applied, failure, busy } = applying;
  if (applied) return <Progress applying={applying} application={applied.application} id={applied.operation} />;
  // An application that is there stays where it is; a choice that does not fit can be taken back.
  const asksCloud = !elsewhere && !ofApplication && (applying.cloud !== undefined || planned?.plan.exists === false);
  const isOld = planned !== undefined && planned.text !== text;
  return (
    <Box component="section" aria-label={texts.label} sx={{ p: 2.5 }}>
      {failure && (
        <FailureNotice title={failure.title} failure={failure.failure} onRetry={failure.retry} sx={{ mb: 2 }} />
      )}
      {asksCloud && (
        <Box sx={{ mb: 2 }}>
          <CloudChoice value={applying.cloud} disabled={busy !== undefined} onChange={applying.choose} />
        </Box>
      )}
      {busy === 'plan' && <Skeleton variant="rounded" height={140} />}
      {busy !== 'plan' && !planned && !failure && <Typography color="textSecondary">{texts.text}</Typography>}
      {busy !== 'plan' && planned && !elsewhere && (
        <>
          {isOld && (
            <Alert severity="info" variant="outlined" sx={{ mb: 1.5 }}>
              {texts.old}
            </Alert>
          )}
          <PlanView plan={planned.plan} />
        </>
      )}
      <Box sx={{ display: 'flex', gap: 1, mt: 2 }}>
        <Button variant="outlined" disabled={busy !== undefined || elsewhere} onClick={applying.makePlan}>
          {planned ? texts.again : texts.make}
        </Button>
        {planned && !isOld && !elsewhere && (
          <Button variant="contained" disabled={busy !== undefined} onClick={applying.apply}>
            {planned.plan.exists ? texts.apply : texts.create}
          </Button>
        )}
      </Box>
    </Box>
  );
}

function Progress({ applying, application, id }: { applying: Applying; application: string; id: string }) {
  const texts = useEditorTexts().plan;
  const operation = useOperation(id);
  const address = useApplications(({ byId }) => byId.get(application)?.address);
  const isDone = operation?.state === 'done';
  return (
    <Box component="section" aria-label={texts.label} sx={{ p: 2.5 }}>
      {operation ? <OperationSteps operation={operation} /> : <Skeleton variant="rounded" height={120} />}
      {isDone && (
        <Typography sx={{ mt: 1.5 }} role="status">
          {!address && texts.applied}
          {address && (
            <Worded
              text={texts.appliedAt}
              values={[<AddressLink key="address" application={application} address={address} />]}
            />
          )}
        </Typography>
      )}
      <Box sx={{ display: 'flex', gap: 1, mt: 2 }}>
        <Button variant={isDone ? 'contained' : 'outlined'} onClick={() => go({ page: 'application', application })}>
          {texts.show}
        </Button>
        {operation && operation.state !== 'running' && (
          <Button color="secondary" onClick={applying.forget}>
            {texts.back}
          </Button>
        )}
      </Box>
    </Box>
  );
}
