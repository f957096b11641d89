/** Every volume of the deployment, by cloud; what is lost stands first. */
import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { FailureNotice } from '../components/failure-notice.tsx';
import { Nothing } from '../components/nothing.tsx';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import { useApplications } from '../stores/applications.ts';
import { useCloudTexts } from './texts.ts';
import { VolumeTable } from './volume-table.tsx';
import { volumesText } from './volumes-text.ts';

/** Read again so often while the tab is looked at, ms. */
const everyMs = 10_000;

export function VolumesTab() {
  const all = useCloudTexts();
  const texts = all.volumes;
  const { value, failure, reload } = useLoaded(() => hub.director('list_volumes', {}), [], everyMs);
  const byId = useApplications((store) => store.byId);
  if (!value) {
    return failure ? (
      <FailureNotice title={texts.failed} failure={failure} onRetry={reload} />
    ) : (
      <Skeleton variant="rounded" height={160} />
    );
  }
  if (value.length === 0) return <Nothing>{texts.empty}</Nothing>;
  const names = new Map([...byId].map(([id, { name }]): [string, string] => [id, name]));
  const clouds = [...new Set(value.map(({ cloud }) => cloud))].sort();
  const lostFirst = [...value].sort((a, b) => Number(b.state === 'lost') - Number(a.state === 'lost'));
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', gap: 3 }}>
      {failure && <FailureNotice title={texts.failed} failure={failure} onRetry={reload} />}
      {clouds.map((cloud) => {
        const volumes = lostFirst.filter((one) => one.cloud === cloud);
        return (
          <section key={cloud}>
            <Typography component="h2" variant="h2">
              {cloud}
            </Typography>
            <Typography variant="body2" color="textSecondary" sx={{ mb: 1 }}>
              {volumesText(volumes, texts)}
            </Typography>
            <VolumeTable label={texts.label(cloud)} volumes={volumes} names={names} />
          </section>
        );
      })}
    </Box>
  );
}
