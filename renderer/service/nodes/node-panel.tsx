/** One node at the side of the page: facts, logs, restart, replace. */
import Close from '@mui/icons-material/Close';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogContentText from '@mui/material/DialogContentText';
import DialogTitle from '@mui/material/DialogTitle';
import Drawer from '@mui/material/Drawer';
import IconButton from '@mui/material/IconButton';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { lazy, Suspense, useState } from 'react';
import type { ApplicationSummary, NodeInfo } from '../../../remote/core/contract/application.ts';
import { useActions } from '../../actions/use-actions.ts';
import { Facts } from '../../components/facts.tsx';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { PageHealth } from '../../components/page-health.tsx';
import { sizeText, timeText } from '../../components/time.ts';
import { useAction } from '../../components/use-action.ts';
import { hub } from '../../hub/client.ts';
import { type NodeFigures, processorText } from '../../metrics/node-figures.ts';
import { logTab, openInDock, terminalTab } from '../../stores/dock.ts';
import { say } from '../../stores/notices.ts';
import { ValueTree } from '../value-tree.tsx';
import { ageText } from './role-nodes.tsx';

const NodeCharts = lazy(async () => ({ default: (await import('../../metrics/metrics-tabs.tsx')).NodeMetrics }));

export interface NodePanelProps {
  readonly application: ApplicationSummary;
  readonly node: NodeInfo;
  readonly figures: NodeFigures | undefined;
  readonly onClose: () => void;
  readonly onChanged: () => void;
}

export function NodePanel({ application, node, figures, onClose, onChanged }: NodePanelProps) {
  const [replacing, setReplacing] = useState(false);
  const [charts, setCharts] = useState(false);
  const restart = useAction(async () => {
    await hub.manager(application.id, 'restart_node', { node: node.id });
    say(`${node.id} is being restarted.`);
    onChanged();
  });
  const replace = useAction(async () => {
    setReplacing(false);
    await hub.manager(application.id, 'replace_node', { node: node.id });
    say(`${node.id} is being replaced.`);
    onChanged();
    onClose();
  });
  const openLogs = () => {
    openInDock(logTab({ title: node.id, application: application.id, service: node.service, node: node.id }));
    onClose();
  };
  // The panel lies over the dock: it makes room for what was opened there.
  const openTerminal = () => {
    openInDock(terminalTab({ application: application.id, node: node.id }));
    onClose();
  };
  const askToReplace = () => setReplacing(true);
  useActions([
    {
      id: 'node.restart',
      title: `Restart ${node.id}`,
      command: `conpaas nodes restart ${application.name} ${node.id}`,
      disabled: restart.busy,
      run: () => restart.run(),
    },
    {
      id: 'node.replace',
      title: `Replace ${node.id}…`,
      command: `conpaas nodes replace ${application.name} ${node.id}`,
      disabled: node.irreplaceable !== undefined,
      run: askToReplace,
    },
    {
      id: 'node.logs',
      title: `Logs of ${node.id}`,
      command: `conpaas logs ${application.name} --node ${node.id} --follow`,
      run: openLogs,
    },
    {
      id: 'node.terminal',
      title: `Terminal on ${node.id}`,
      command: `conpaas shell ${application.name} ${node.id}`,
      disabled: node.state !== 'running',
      run: openTerminal,
    },
  ]);
  const ports = Object.entries(node.ports).map(([name, port]) => `${name} ${port}`);
  const { cpu, memory, disk }: { readonly [figure in 'cpu' | 'memory' | 'disk']?: number } = figures ?? {};
  const facts: (readonly [string, string])[] = [
    ['Role', node.role],
    ['Address', node.address ?? 'none yet'],
    ['Ports', ports.join(', ') || 'none'],
    ['Machine', node.vm],
    ...(node.version === undefined ? [] : [['Code version', node.version] as const]),
    ['Made', node.createdAt === undefined ? 'unknown' : `${timeText(node.createdAt)} (${ageText(node.createdAt)} ago)`],
    ['In this state since', node.since === undefined ? 'unknown' : timeText(node.since)],
    ['Restarts of its engines', String(node.restarts)],
    ['Processor', cpu === undefined ? 'not measured' : `${processorText(cpu)} of one core`],
    ['Memory', memory === undefined ? 'not measured' : sizeText(memory)],
    ['Disk', disk === undefined ? 'not measured' : sizeText(disk)],
    ['Logs', node.logs.join(', ') || 'none'],
  ];
  return (
    <Drawer
      anchor="right"
      open
      onClose={onClose}
      slotProps={{ paper: { 'aria-label': `Node ${node.id}`, role: 'dialog', sx: { width: 420, maxWidth: '100vw' } } }}
    >
      <Box sx={{ p: 2.5, display: 'flex', flexDirection: 'column', gap: 2 }}>
        <Box sx={{ display: 'flex', alignItems: 'flex-start', gap: 1 }}>
          <Box sx={{ minWidth: 0, flex: 1 }}>
            <Typography component="h2" variant="h2" sx={{ overflowWrap: 'anywhere' }}>
              {node.id}
            </Typography>
          </Box>
          <IconButton aria-label="Close" onClick={onClose} autoFocus>
            <Close sx={{ fontSize: 18 }} />
          </IconButton>
        </Box>
        <NodeHealth node={node} />
        {node.failure && <FailureNotice failure={node.failure} onRetry={() => restart.run()} />}
        <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1 }}>
          <Button variant="outlined" onClick={openLogs}>
            Logs
          </Button>
          <Button variant="outlined" disabled={node.state !== 'running'} onClick={openTerminal}>
            Terminal
          </Button>
          <Button variant="outlined" aria-expanded={charts} onClick={() => setCharts(!charts)}>
            Charts
          </Button>
          <Button variant="outlined" disabled={restart.busy} onClick={() => restart.run()}>
            Restart
          </Button>
          <Button
            variant="outlined"
            disabled={replace.busy || node.irreplaceable !== undefined}
            aria-describedby={node.irreplaceable ? 'irreplaceable' : undefined}
            onClick={askToReplace}
          >
            Replace…
          </Button>
        </Box>
        {node.irreplaceable && (
          <Typography variant="body2" color="textSecondary" id="irreplaceable">
            It cannot be replaced. {node.irreplaceable}
          </Typography>
        )}
        {restart.failure && <FailureNotice title="It was not restarted" failure={restart.failure} />}
        {replace.failure && <FailureNotice title="It was not replaced" failure={replace.failure} />}
        {charts && (
          <Suspense fallback={<Skeleton variant="rounded" height={220} />}>
            <NodeCharts application={application} node={node} />
          </Suspense>
        )}
        <Facts label={`Facts of ${node.id}`} rows={facts} />
        {Object.keys(node.detail).length > 0 && (
          <Box component="section" aria-label="What it reports">
            <Typography component="h3" variant="h3" sx={{ mb: 1 }}>
              What it reports
            </Typography>
            <ValueTree value={node.detail} />
          </Box>
        )}
      </Box>
      {replacing && (
        <Dialog open onClose={() => setReplacing(false)} aria-labelledby="replace-title">
          <DialogTitle id="replace-title">Replace {node.id}</DialogTitle>
          <DialogContent>
            <DialogContentText>
              A fresh node is started first. When it takes its part, this one gets no new work, and is removed with its
              directory: files that were written on it only are gone.
            </DialogContentText>
          </DialogContent>
          <DialogActions>
            <Button color="secondary" onClick={() => setReplacing(false)}>
              Cancel
            </Button>
            <Button variant="contained" onClick={() => replace.run()}>
              Replace
            </Button>
          </DialogActions>
        </Dialog>
      )}
    </Drawer>
  );
}

/** The first line of the panel; what mends it stands in the buttons below it. */
function NodeHealth({ node }: { node: NodeInfo }) {
  const { state, since } = node;
  // A failure has a notice of its own, with its last lines.
  const why = node.failure ? undefined : node.cause;
  const at = since === undefined ? '' : ` since ${timeText(since)}`;
  switch (state) {
    case 'running':
      return <PageHealth level="good" text={`All is well: it runs${at}.`} />;
    case 'stopped':
      return <PageHealth level="off" text={`It is stopped${at}.`} why={why} />;
    case 'failed':
      return <PageHealth level="bad" text={`It does not run${at}.`} why={why} />;
    case 'degraded':
    case 'unreachable':
      return <PageHealth level="warning" text={`It is ${state}${at}.`} why={why} />;
    default:
      return <PageHealth level="busy" text={`It is ${state}${at}.`} why={why} />;
  }
}
