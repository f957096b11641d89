/** Node counts of a service's roles in one row: change them, then apply. */
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { ServiceInfo } from '../../remote/core/contract/application.ts';
import { RoleCount } from './role-count.tsx';
import { ScaleBar } from './scale-bar.tsx';
import { useScaling } from './use-scaling.ts';

export interface ScaleControlsProps {
  readonly application: string;
  readonly service: ServiceInfo;
  readonly onChanged: () => void;
}

export function ScaleControls({ application, service, onChanged }: ScaleControlsProps) {
  const plan = useScaling(application, service, onChanged);
  return (
    <>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 2.5, px: 2, pb: 1.5 }}>
        {service.roles.map((role) => (
          <Box key={role.name} sx={{ display: 'flex', alignItems: 'center', gap: 0.75 }}>
            <Typography variant="body2" color="textSecondary">
              {role.title}
            </Typography>
            {role.scalable ? (
              <RoleCount
                role={role}
                wanted={plan.wanted(role.name, role.count)}
                onChange={(count) => plan.want(role.name, count)}
              />
            ) : (
              <Typography variant="body2" sx={{ fontWeight: 600 }}>
                {role.count}
              </Typography>
            )}
          </Box>
        ))}
      </Box>
      <ScaleBar plan={plan} />
    </>
  );
}
