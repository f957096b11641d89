/** A service in its application: roles with their counts, nodes, the live version; an archive dropped on it is deployed. */
import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import type { ServiceInfo } from '../../remote/core/contract/application.ts';
import { OnCloud } from '../clouds/on-cloud.tsx';
import { useDrop } from '../components/drop-zone.tsx';
import { nodeTableFrame } from '../components/node-buttons.tsx';
import { StateLabel } from '../components/state-label.tsx';
import { takeCode } from '../deploy/take-code.ts';
import type { NewestFigures } from '../metrics/node-figures.ts';
import { hrefOf } from '../stores/route.ts';
import { NodeTable } from './node-table.tsx';
import { ScaleControls } from './scale-controls.tsx';
import { useApplicationTexts } from './texts.ts';

export interface ServiceSectionProps {
  readonly application: string;
  readonly service: ServiceInfo;
  readonly figures: NewestFigures['ofNodes'];
  /** By machine; undefined where the director has one cloud. */
  readonly clouds: ReadonlyMap<string, string> | undefined;
  /** That of the application. */
  readonly home: string | undefined;
  readonly onChanged: () => void;
}

export function ServiceSection({ application, service, figures, clouds, home, onChanged }: ServiceSectionProps) {
  const texts = useApplicationTexts().overview;
  const { over, handlers } = useDrop((dropped) => takeCode({ application, service: service.name }, dropped));
  const takesCode = service.code !== undefined;
  const headingId = `service-${service.id}`;
  return (
    <Paper
      component="section"
      aria-labelledby={headingId}
      {...(takesCode ? handlers : {})}
      sx={{
        ...nodeTableFrame,
        overflow: 'hidden',
        ...(over ? { outline: '2px solid', outlineColor: 'primary.main' } : {}),
      }}
    >
      <Box sx={{ display: 'flex', alignItems: 'center', flexWrap: 'wrap', gap: 1.5, px: 2, py: 1.5 }}>
        <Typography component="h2" variant="h2" id={headingId}>
          <Link href={hrefOf({ page: 'service', application, service: service.name })}>{service.name}</Link>
        </Typography>
        <Typography variant="body2" color="textSecondary">
          {service.type}
          {clouds && <OnCloud cloud={service.cloud ?? home} />}
        </Typography>
        <StateLabel state={service.state} cause={service.cause} />
        <Typography variant="body2" color="textSecondary" sx={{ ml: 'auto' }}>
          {service.code && texts.code(service.code.versions.length, service.code.active)}
        </Typography>
      </Box>
      <ScaleControls application={application} service={service} onChanged={onChanged} />
      <NodeTable application={application} nodes={service.nodes} figures={figures} clouds={clouds} />
      {takesCode && (
        <Typography
          variant="caption"
          color="textSecondary"
          component="p"
          sx={{ m: 0, px: 2, py: 1, borderTop: 1, borderColor: 'divider' }}
        >
          {texts.drop}
        </Typography>
      )}
    </Paper>
  );
}
