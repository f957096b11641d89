/** How much of what a cloud allows is used. */
import Box from '@mui/material/Box';
import LinearProgress from '@mui/material/LinearProgress';
import Paper from '@mui/material/Paper';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { FailureNotice } from '../components/failure-notice.tsx';
import { Nothing } from '../components/nothing.tsx';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import { useCloudTexts } from './texts.ts';

export function QuotasTab() {
  const texts = useCloudTexts().quotas;
  const { value, failure, reload } = useLoaded(() => hub.director('list_quotas', {}), []);
  if (!value) {
    return failure ? (
      <FailureNotice title={texts.failed} failure={failure} onRetry={reload} />
    ) : (
      <Skeleton variant="rounded" height={160} />
    );
  }
  if (value.length === 0) return <Nothing>{texts.empty}</Nothing>;
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', gap: 3 }}>
      {value.map(({ cloud, quotas, failure: why }) => (
        <section key={cloud}>
          <Typography component="h2" variant="h2" sx={{ mb: 1 }}>
            {cloud}
          </Typography>
          {why !== undefined && <FailureNotice failure={{ code: 'cloud_failed', message: why }} onRetry={reload} />}
          {why === undefined && quotas.length === 0 && <Nothing>{texts.none}</Nothing>}
          {quotas.length > 0 && (
            <Paper sx={{ p: 2, display: 'flex', flexDirection: 'column', gap: 1.5 }}>
              {quotas.map(({ name, used, limit }) => (
                <Box key={name}>
                  <Box sx={{ display: 'flex' }}>
                    <Typography variant="body2" sx={{ flex: 1 }}>
                      {name}
                    </Typography>
                    <Typography variant="body2" color="textSecondary">
                      {used === undefined ? texts.limit(limit) : texts.used(used, limit)}
                    </Typography>
                  </Box>
                  {used !== undefined && (
                    <LinearProgress
                      variant="determinate"
                      aria-label={name}
                      color={used >= limit * 0.9 ? 'warning' : 'primary'}
                      value={limit === 0 ? 100 : Math.min(100, (used / limit) * 100)}
                      sx={{ mt: 0.5, height: 6, borderRadius: 3 }}
                    />
                  )}
                </Box>
              ))}
            </Paper>
          )}
        </section>
      ))}
    </Box>
  );
}
