/** Node counts of a service's roles: change them, then apply. */
import Add from '@mui/icons-material/Add';
import Remove from '@mui/icons-material/Remove';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import type { ServiceInfo } from '../../remote/core/contract/application.ts';
import { FailureNotice } from '../components/failure-notice.tsx';
import { useAction } from '../components/use-action.ts';
import { hub } from '../hub/client.ts';
import { scaling } from './scaling.ts';

export interface ScaleControlsProps {
  readonly application: string;
  readonly service: ServiceInfo;
  readonly onChanged: () => void;
}

export function ScaleControls({ application, service, onChanged }: ScaleControlsProps) {
  const [wanted, setWanted] = useState<Readonly<Record<string, number>>>({});
  const { add, remove, text } = scaling(service.roles, wanted);
  const changed = text !== '';
  const apply = useAction(async () => {
    if (Object.keys(add).length > 0) await hub.manager(application, 'add_nodes', { service: service.name, nodes: add });
    if (Object.keys(remove).length > 0)
      await hub.manager(application, 'remove_nodes', { service: service.name, nodes: remove });
    setWanted({});
    onChanged();
  });
  return (
    <Box sx={{ px: 2, pb: 1.5 }}>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 2.5 }}>
        {service.roles.map((role) => (
          <RoleCount
            key={role.name}
            role={role}
            wanted={wanted[role.name] ?? role.count}
            onChange={(count) => setWanted({ ...wanted, [role.name]: count })}
          />
        ))}
      </Box>
      {changed && (
        <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, mt: 1 }}>
          <Typography variant="body2">{text}</Typography>
          <Button variant="contained" disabled={apply.busy} onClick={() => apply.run()}>
            Apply
          </Button>
          <Button color="secondary" onClick={() => setWanted({})}>
            Cancel
          </Button>
        </Box>
      )}
      {apply.failure && (
        <Box sx={{ mt: 1 }}>
          <FailureNotice
            title="The number of nodes was not changed"
            failure={apply.failure}
            onRetry={() => apply.run()}
          />
        </Box>
      )}
    </Box>
  );
}

interface RoleCountProps {
  readonly role: ServiceInfo['roles'][number];
  readonly wanted: number;
  readonly onChange: (count: number) => void;
}

function RoleCount({ role, wanted, onChange }: RoleCountProps) {
  return (
    <Box role="group" aria-label={role.title} sx={{ display: 'flex', alignItems: 'center', gap: 0.5 }}>
      <Typography variant="body2" color="textSecondary" sx={{ mr: 0.5 }}>
        {role.title}
      </Typography>
      {role.scalable ? (
        <>
          <IconButton
            aria-label={`One ${role.name} less`}
            disabled={wanted <= role.min}
            onClick={() => onChange(wanted - 1)}
          >
            <Remove sx={{ fontSize: 16 }} />
          </IconButton>
          <Typography
            variant="body2"
            aria-live="polite"
            sx={{ minWidth: 20, textAlign: 'center', fontWeight: 600, fontVariantNumeric: 'tabular-nums' }}
          >
            {wanted}
          </Typography>
          <IconButton
            aria-label={`One ${role.name} more`}
            disabled={wanted >= role.max}
            onClick={() => onChange(wanted + 1)}
          >
            <Add sx={{ fontSize: 16 }} />
          </IconButton>
        </>
      ) : (
        <Typography variant="body2" sx={{ fontWeight: 600 }}>
          {role.count}
        </Typography>
      )}
    </Box>
  );
}
