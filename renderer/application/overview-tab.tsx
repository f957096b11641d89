/** What runs, what changed; scale it from here. */
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { isUnwell } from '../applications/query.ts';
import { useMachineClouds } from '../clouds/use-machine-clouds.ts';
import { FailureNotice } from '../components/failure-notice.tsx';
import { hourText, monthText } from '../components/money.ts';
import { Nothing } from '../components/nothing.tsx';
import { Worded } from '../components/worded.tsx';
import { OverviewDomains } from '../domains/overview-domains.tsx';
import { SinceItWorkedNotice } from '../history/since-it-worked-notice.tsx';
import { useNewestFigures } from '../metrics/node-figures.ts';
import { ApplicationPicture } from '../picture/application-picture.tsx';
import { hrefOf } from '../stores/route.ts';
import { measureTexts } from '../texts/measures.ts';
import { RecentOperations } from './recent-operations.tsx';
import { ServiceSection } from './service-section.tsx';
import type { ApplicationTabProps } from './tabs.ts';
import { useApplicationTexts } from './texts.ts';
import { useApplication } from './use-application.ts';

export function OverviewTab({ application }: ApplicationTabProps) {
  const texts = useApplicationTexts();
  const { free, perHour, perMonth } = measureTexts();
  const { id, costPerHour } = application;
  const { value: info, failure, reload } = useApplication(id);
  const figures = useNewestFigures(id);
  const clouds = useMachineClouds(id, info?.services.flatMap(({ nodes }) => nodes) ?? []);
  return (
    <>
      {info?.warnings.map((warning) => (
        <Alert key={warning} severity="info" variant="outlined" sx={{ mb: 2 }}>
          {warning}
        </Alert>
      ))}
      <Box
        sx={{
          display: 'grid',
          gridTemplateColumns: '1fr',
          // So wide that the nodes fit beside it, with the column of their clouds.
          '@media (min-width: 1280px)': { gridTemplateColumns: 'minmax(0, 1fr) 288px' },
          gap: 3,
          alignItems: 'start',
        }}
      >
        <Box sx={{ display: 'flex', flexDirection: 'column', gap: 2.5, minWidth: 0 }}>
          {failure && !info && <FailureNotice title={texts.failed} failure={failure} onRetry={reload} />}
          {!info && !failure && <Skeleton variant="rounded" height={220} />}
          {isUnwell(application) && <SinceItWorkedNotice application={id} />}
          {info && <ApplicationPicture application={id} services={info.services} metrics={figures.all} />}
          {info?.description && <Typography color="textSecondary">{info.description}</Typography>}
          {info?.services.map((service) => (
            <ServiceSection
              key={service.id}
              application={id}
              service={service}
              figures={figures.ofNodes}
              clouds={clouds}
              home={application.cloud}
              onChanged={reload}
            />
          ))}
          {info?.services.length === 0 && (
            <Nothing>
              <Worded
                text={texts.overview.empty}
                values={[
                  <Link
                    key="link"
                    underline="always"
                    href={hrefOf({ page: 'application', application: id, tab: 'manifest' })}
                  >
                    {texts.overview.emptyLink}
                  </Link>,
                ]}
              />
            </Nothing>
          )}
        </Box>
        <Box sx={{ display: 'flex', flexDirection: 'column', gap: 2.5, minWidth: 0 }}>
          <Box component="section" aria-labelledby="cost">
            <Typography component="h2" variant="h2" id="cost" sx={{ mb: 0.5 }}>
              {texts.overview.cost}
            </Typography>
            <Typography variant="body2" color="textSecondary" sx={{ fontVariantNumeric: 'tabular-nums' }}>
              {costPerHour === undefined
                ? texts.overview.costUnknown
                : costPerHour === 0
                  ? free
                  : `${perHour(hourText(costPerHour))} · ${perMonth(monthText(costPerHour))}`}
            </Typography>
          </Box>
          {info && <OverviewDomains application={id} services={info.services} />}
          <RecentOperations application={id} />
        </Box>
      </Box>
    </>
  );
}
