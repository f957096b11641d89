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
import { useNodeTexts } from './texts.ts';

const NodeCharts = lazy(async () => ({ default: (await import('../../metrics/metrics-tabs.tsx')).NodeMetrics }));

export interface NodePanelProps {
  readonly application: ApplicationSummary;
  readonly node: NodeInfo;
  readonly figures: NodeFigures | undefined;
  /** Where its machine is; undefined where that needs no words, or is not known. */
  readonly cloud: string | undefined;
  readonly onClose: () => void;
  readonly onChanged: () => void;
}

export function NodePanel({ application, node, figures, cloud, onClose, onChanged }: NodePanelProps) {
  const texts = useNodeTexts();
  const { actions, panel, facts: words } = texts;
  const [replacing, setReplacing] = useState(false);
  const [charts, setCharts] = useState(false);
  const restart = useAction(async () => {
    await hub.manager(application.id, 'restart_node', { node: node.id });
    say(panel.restarting(node.id));
    onChanged();
  });
  const replace = useAction(async () => {
    setReplacing(false);
    await hub.manager(application.id, 'replace_node', { node: node.id });
    say(panel.replacing(node.id));
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
      title: actions.restart(node.id),
      command: `conpaas nodes restart ${application.name} ${node.id}`,
      disabled: restart.busy,
      run: () => restart.run(),
    },
    {
      id: 'node.replace',
      title: actions.replace(node.id),
      command: `conpaas nodes replace ${application.name} ${node.id}`,
      disabled: node.irreplaceable !== undefined,
      run: askToReplace,
    },
    {
      id: 'node.logs',
      title: actions.logs(node.id),
      command: `conpaas logs ${application.name} --node ${node.id} --follow`,
      run: openLogs,
    },
    {
      id: 'node.terminal',
      title: actions.terminal(node.id),
      command: `conpaas shell ${application.name} ${node.id}`,
      disabled: node.state !== 'running',
      run: openTerminal,
    },
  ]);
  const ports = Object.entries(node.ports).map(([name, port]) => `${name} ${port}`);
  const { cpu, memory, disk }: { readonly [figure in 'cpu' | 'memory' | 'disk']?: number } = figures ?? {};
  const facts: (readonly [string, string])[] = [
    [words.role, node.role],
    [words.address, node.address ?? words.noAddress],
    [words.ports, ports.join(', ') || words.none],
    [words.machine, node.vm],
    ...(cloud === undefined ? [] : [[words.cloud, cloud] as const]),
    ...(node.version === undefined ? [] : [[words.version, node.version] as const]),
    [
      words.made,
      node.createdAt === undefined ? words.unknown : words.madeAt(timeText(node.createdAt), ageText(node.createdAt)),
    ],
    [words.since, node.since === undefined ? words.unknown : timeText(node.since)],
    [words.restarts, String(node.restarts)],
    [words.processor, cpu === undefined ? words.notMeasured : words.ofOneCore(processorText(cpu))],
    [words.memory, memory === undefined ? words.notMeasured : sizeText(memory)],
    [words.disk, disk === undefined ? words.notMeasured : sizeText(disk)],
    [words.logs, node.logs.join(', ') || words.none],
  ];
  return (
    <Drawer
      anchor="right"
      open
      onClose={onClose}
      slotProps={{
        paper: { 'aria-label': panel.label(node.id), role: 'dialog', sx: { width: 420, maxWidth: '100vw' } },
      }}
    >
      <Box sx={{ p: 2.5, display: 'flex', flexDirection: 'column', gap: 2 }}>
        <Box sx={{ display: 'flex', alignItems: 'flex-start', gap: 1 }}>
          <Box sx={{ minWidth: 0, flex: 1 }}>
            <Typography component="h2" variant="h2" sx={{ overflowWrap: 'anywhere' }}>
              {node.id}
            </Typography>
          </Box>
          <IconButton aria-label={panel.close} onClick={onClose} autoFocus>
            <Close sx={{ fontSize: 18 }} />
          </IconButton>
        </Box>
        <NodeHealth node={node} />
        {node.failure && <FailureNotice failure={node.failure} onRetry={() => restart.run()} />}
        <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1 }}>
          <Button variant="outlined" onClick={openLogs}>
            {panel.logs}
          </Button>
          <Button variant="outlined" disabled={node.state !== 'running'} onClick={openTerminal}>
            {panel.terminal}
          </Button>
          <Button variant="outlined" aria-expanded={charts} onClick={() => setCharts(!charts)}>
            {panel.charts}
          </Button>
          <Button variant="outlined" disabled={restart.busy} onClick={() => restart.run()}>
            {panel.restart}
          </Button>
          <Button
            variant="outlined"
            disabled={replace.busy || node.irreplaceable !== undefined}
            aria-describedby={node.irreplaceable ? 'irreplaceable' : undefined}
            onClick={askToReplace}
          >
            {panel.replace}
          </Button>
        </Box>
        {node.irreplaceable && (
          <Typography variant="body2" color="textSecondary" id="irreplaceable">
            {panel.irreplaceable(node.irreplaceable)}
          </Typography>
        )}
        {restart.failure && <FailureNotice title={panel.notRestarted} failure={restart.failure} />}
        {replace.failure && <FailureNotice title={panel.notReplaced} failure={replace.failure} />}
        {charts && (
          <Suspense fallback={<Skeleton variant="rounded" height={220} />}>
            <NodeCharts application={application} node={node} />
          </Suspense>
        )}
        <Facts label={panel.facts(node.id)} rows={facts} />
        {Object.keys(node.detail).length > 0 && (
          <Box component="section" aria-label={panel.reports}>
            <Typography component="h3" variant="h3" sx={{ mb: 1 }}>
              {panel.reports}
            </Typography>
            <ValueTree value={node.detail} />
          </Box>
        )}
      </Box>
      {replacing && (
        <Dialog open onClose={() => setReplacing(false)} aria-labelledby="replace-title">
          <DialogTitle id="replace-title">{texts.replace.title(node.id)}</DialogTitle>
          <DialogContent>
            <DialogContentText>{texts.replace.text}</DialogContentText>
          </DialogContent>
          <DialogActions>
            <Button color="secondary" onClick={() => setReplacing(false)}>
              {texts.replace.cancel}
            </Button>
            <Button variant="contained" onClick={() => replace.run()}>
              {texts.replace.action}
            </Button>
          </DialogActions>
        </Dialog>
      )}
    </Drawer>
  );
}

/** The first line of the panel; what mends it stands in the buttons below it. */
function NodeHealth({ node }: { node: NodeInfo }) {
  const { health } = useNodeTexts();
  const { state, since } = node;
  // A failure has a notice of its own, with its last lines.
  const why = node.failure ? undefined : node.cause;
  const text = health[state](since === undefined ? undefined : timeText(since));
  switch (state) {
    case 'running':
      return <PageHealth level="good" text={text} />;
    case 'stopped':
      return <PageHealth level="off" text={text} why={why} />;
    case 'failed':
      return <PageHealth level="bad" text={text} why={why} />;
    case 'degraded':
    case 'unreachable':
      return <PageHealth level="warning" text={text} why={why} />;
    default:
      return <PageHealth level="busy" text={text} why={why} />;
  }
}
