import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import { NodeTable } from '../application/node-table.tsx';
import { RecentOperations } from '../application/recent-operations.tsx';
import { ScaleControls } from '../application/scale-controls.tsx';
import type { ServiceTabProps } from './tabs.ts';

export function NodesTab({ application, service, onChanged }: ServiceTabProps) {
  return (
    <Box
      sx={{
        display: 'grid',
        gridTemplateColumns: { xs: '1fr', lg: 'minmax(0, 1fr) 288px' },
        gap: 3,
        alignItems: 'start',
      }}
    >
      <Paper sx={{ overflow: 'hidden', pt: 1.5 }}>
        <ScaleControls application={application.id} service={service} onChanged={onChanged} />
        <NodeTable application={application.id} nodes={service.nodes} />
      </Paper>
      <RecentOperations application={application.id} service={service.name} />
    </Box>
  );
}
