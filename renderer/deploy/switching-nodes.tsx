/** Which nodes have a version that is being made live, and which do not yet. */
import Cancel from '@mui/icons-material/Cancel';
import CheckCircle from '@mui/icons-material/CheckCircle';
import Circle from '@mui/icons-material/RadioButtonUnchecked';
import Box from '@mui/material/Box';
import CircularProgress from '@mui/material/CircularProgress';
import Typography from '@mui/material/Typography';
import type { NodeInfo } from '../../remote/core/contract/application.ts';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import { useDeployTexts } from './texts.ts';

const everyMs = 500;

export interface SwitchingNodesProps {
  readonly application: string;
  readonly service: string;
  readonly version: string;
  /** What they had before; absent: the welcome page. */
  readonly before: string | undefined;
}

export function SwitchingNodes({ application, service, version, before }: SwitchingNodesProps) {
  const texts = useDeployTexts().progress;
  // How far they are is told beside; until a node is known there is nothing to tell of it.
  const { value: info } = useLoaded(() => hub.director('get_application', { application }), [application], everyMs);
  const nodes = info?.services.find(({ name }) => name === service)?.nodes.filter((node) => node.switch !== undefined);
  if (!nodes?.length) return null;
  return (
    <Box
      component="ul"
      aria-label={texts.nodesLabel(version)}
      sx={{ listStyle: 'none', m: 0, mt: 1, p: 0, maxHeight: 200, overflow: 'auto' }}
    >
      {nodes.map(({ id, switch: how = 'waiting' }) => (
        <Box component="li" key={id} sx={{ display: 'flex', alignItems: 'center', gap: 1, minHeight: 24 }}>
          <Icon how={how} />
          <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
            {id}
          </Typography>
          <Typography variant="body2" color="textSecondary" sx={{ ml: 'auto', whiteSpace: 'nowrap' }}>
            {texts.nodes[how](version, before)}
          </Typography>
        </Box>
      ))}
    </Box>
  );
}

function Icon({ how }: { how: NonNullable<NodeInfo['switch']> }) {
  const size = { fontSize: 16 } as const;
  switch (how) {
    case 'waiting':
      return <Circle aria-hidden sx={{ ...size, color: 'text.secondary' }} />;
    case 'under_way':
      return <CircularProgress aria-hidden size={14} thickness={5} sx={{ mx: '1px' }} />;
    case 'done':
      return <CheckCircle aria-hidden sx={{ ...size, color: 'success.main' }} />;
    case 'failed':
      return <Cancel aria-hidden sx={{ ...size, color: 'error.main' }} />;
  }
}
