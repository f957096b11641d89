/** The nodes of a service by role: how many, how they are, what each uses; one of them in a panel at the side. */
import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { RecentOperations } from '../application/recent-operations.tsx';
import { RoleCount } from '../application/role-count.tsx';
import { ScaleBar } from '../application/scale-bar.tsx';
import { useScaling } from '../application/use-scaling.ts';
import { ServiceVolumes } from '../clouds/service-volumes.tsx';
import { useMachineClouds } from '../clouds/use-machine-clouds.ts';
import { nodeTableFrame } from '../components/node-buttons.tsx';
import { useNewestFigures } from '../metrics/node-figures.ts';
import { NodePanel } from './nodes/node-panel.tsx';
import { RoleNodes } from './nodes/role-nodes.tsx';
import { useNodeTexts } from './nodes/texts.ts';
import type { ServiceTabProps } from './tabs.ts';
import { useType } from './use-type.ts';

export function NodesTab({ application, service, onChanged }: ServiceTabProps) {
  const texts = useNodeTexts();
  const plan = useScaling(application.id, service, onChanged);
  const { value: type } = useType(service.type);
  const { ofNodes } = useNewestFigures(application.id);
  const clouds = useMachineClouds(application.id, service.nodes);
  const [chosen, setChosen] = useState<string>();
  const node = service.nodes.find(({ id }) => id === chosen);
  const firstWithNodes = service.roles.find(({ name }) => service.nodes.some((one) => one.role === name))?.name;
  return (
    <Box
      sx={{
        display: 'grid',
        gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 1fr) 288px' },
        gap: 3,
        alignItems: 'start',
      }}
    >
      <Box sx={{ display: 'flex', flexDirection: 'column', gap: 3, minWidth: 0 }}>
        <Paper sx={{ ...nodeTableFrame, overflow: 'hidden' }}>
          <ScaleBar plan={plan} />
          {service.roles.map((role) => {
            const nodes = service.nodes.filter((one) => one.role === role.name);
            return (
              <Box
                component="section"
                key={role.name}
                aria-label={role.title}
                sx={{ '& + &': { borderTop: 1, borderColor: 'divider' } }}
              >
                <Box sx={{ display: 'flex', alignItems: 'center', gap: 1.5, px: 2, pt: 1.25, pb: 0.75 }}>
                  <Box sx={{ minWidth: 0, flex: 1 }}>
                    <Typography component="h2" variant="h3">
                      {role.title}
                      <Typography component="span" variant="body2" color="textSecondary" sx={{ ml: 1 }}>
                        {role.scalable ? texts.bounds(role.count, role.min, role.max) : role.count}
                      </Typography>
                    </Typography>
                    <Typography variant="body2" color="textSecondary">
                      {type?.roles[role.name]?.doc ?? ' '}
                    </Typography>
                  </Box>
                  <RoleCount
                    role={role}
                    wanted={plan.wanted(role.name, role.count)}
                    onChange={(count) => plan.want(role.name, count)}
                  />
                </Box>
                <RoleNodes
                  application={application.id}
                  role={role.title}
                  nodes={nodes}
                  figures={ofNodes}
                  clouds={clouds}
                  headed={role.name === firstWithNodes}
                  onChoose={setChosen}
                />
              </Box>
            );
          })}
        </Paper>
        {type?.keepsData && <ServiceVolumes application={application.id} service={service} />}
      </Box>
      <RecentOperations application={application.id} service={service.name} />
      {node && (
        <NodePanel
          application={application}
          node={node}
          figures={ofNodes.get(node.id)}
          cloud={clouds?.get(node.vm)}
          onClose={() => setChosen(undefined)}
          onChanged={onChanged}
        />
      )}
    </Box>
  );
}
