/** What a change of node counts would do, before it is done: counts, cost, time. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { FailureNotice } from '../components/failure-notice.tsx';
import { useApplicationTexts } from './texts.ts';
import type { ScalingPlan } from './use-scaling.ts';

export function ScaleBar({ plan }: { plan: ScalingPlan }) {
  const texts = useApplicationTexts().scaling;
  const { change, cost, time, busy, failure } = plan;
  if (change.text === '') return null;
  const facts = [cost ?? '…', time].filter(Boolean).join(' · ');
  return (
    <Box sx={{ px: 2, py: 1, bgcolor: 'sunken', borderTop: 1, borderBottom: 1, borderColor: 'divider' }}>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 1 }}>
        <Typography variant="body2" sx={{ fontWeight: 600 }}>
          {change.text}
        </Typography>
        <Typography variant="body2" color="textSecondary" role="status">
          {facts}
        </Typography>
        <Box sx={{ ml: 'auto', display: 'flex', gap: 1 }}>
          <Button variant="contained" disabled={busy} onClick={plan.apply}>
            {texts.apply}
          </Button>
          <Button color="secondary" onClick={plan.discard}>
            {texts.cancel}
          </Button>
        </Box>
      </Box>
      {failure && <FailureNotice title={texts.failed} failure={failure} onRetry={plan.apply} sx={{ mt: 1 }} />}
    </Box>
  );
}
