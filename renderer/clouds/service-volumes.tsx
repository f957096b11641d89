/** The volumes with the data of a service whose type has any, below its nodes. Where it is on none, nothing is shown. */
import Typography from '@mui/material/Typography';
import type { ServiceInfo } from '../../remote/core/contract/application.ts';
import { FailureNotice } from '../components/failure-notice.tsx';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import { useCloudTexts } from './texts.ts';
import { VolumeTable } from './volume-table.tsx';
import { volumesText } from './volumes-text.ts';

/** Read again so often while the nodes are looked at, ms. */
const everyMs = 10_000;

export interface ServiceVolumesProps {
  readonly application: string;
  readonly service: Pick<ServiceInfo, 'id' | 'name'>;
}

export function ServiceVolumes({ application, service }: ServiceVolumesProps) {
  const texts = useCloudTexts().volumes;
  const { value, failure, reload } = useLoaded(
    () => hub.director('list_volumes', { application }),
    [application],
    everyMs,
  );
  // What was seen last stays in sight.
  const notice = failure && <FailureNotice title={texts.failed} failure={failure} onRetry={reload} />;
  if (!value) return notice ?? null;
  // As managers name them: a service that is stopped has no nodes, and its volumes all the same.
  const volumes = value.filter(({ name }) => name.startsWith(`${application}-${service.id}-`));
  if (volumes.length === 0) return notice ?? null;
  return (
    <section aria-labelledby="volumes">
      <Typography component="h2" variant="h2" id="volumes">
        {texts.heading}
      </Typography>
      <Typography variant="body2" color="textSecondary" sx={{ mb: 1 }}>
        {volumesText(volumes, texts)} · {texts.why}
      </Typography>
      {notice}
      <VolumeTable label={texts.ofService(service.name)} volumes={volumes} />
    </section>
  );
}
