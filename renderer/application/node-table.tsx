/** Nodes of a service, with their logs and a restart. */
import Button from '@mui/material/Button';
import TableCell from '@mui/material/TableCell';
import TableRow from '@mui/material/TableRow';
import type { NodeInfo } from '../../remote/core/contract/application.ts';
import { actionsColumn, DataTable } from '../components/data-table.tsx';
import { StateLabel } from '../components/state-label.tsx';
import { durationText } from '../components/time.ts';
import { failureOf, hub } from '../hub/client.ts';
import { logTab, openInDock, terminalTab } from '../stores/dock.ts';
import { say } from '../stores/notices.ts';

export function NodeTable({ application, nodes }: { application: string; nodes: readonly NodeInfo[] }) {
  const restart = (node: string) =>
    hub
      .manager(application, 'restart_node', { node })
      .catch((thrown: unknown) => say(failureOf(thrown).message, { level: 'warning' }));
  if (nodes.length === 0) return null;
  return (
    <DataTable
      bare
      label="Nodes"
      columns={['Node', 'State', 'Address', 'For', actionsColumn]}
      sx={{ minWidth: 600, '& td .MuiButton-root': { minWidth: 0, px: 1 } }}
    >
      {nodes.map((node) => (
        <TableRow key={node.id} sx={{ '&:last-child td': { borderBottom: 0 } }}>
          <TableCell sx={{ whiteSpace: 'nowrap' }}>{node.id}</TableCell>
          {/* Takes what is left, and shortens its text rather than push the others out. */}
          <TableCell sx={{ width: '100%', maxWidth: 0 }}>
            <StateLabel state={node.state} cause={node.cause ?? node.failure?.message} />
          </TableCell>
          <TableCell sx={{ whiteSpace: 'nowrap' }}>{node.address ?? ''}</TableCell>
          <TableCell sx={{ whiteSpace: 'nowrap' }}>
            {node.since === undefined ? '' : durationText(Date.now() - node.since)}
          </TableCell>
          <TableCell align="right" sx={{ whiteSpace: 'nowrap', py: 0.25, pr: 1 }}>
            <Button
              aria-label={`Logs of ${node.id}`}
              onClick={() => openInDock(logTab({ title: node.id, application, service: node.service, node: node.id }))}
            >
              Logs
            </Button>
            <Button
              aria-label={`Terminal on ${node.id}`}
              onClick={() => openInDock(terminalTab({ application, node: node.id }))}
            >
              Terminal
            </Button>
            <Button color="secondary" aria-label={`Restart ${node.id}`} onClick={() => void restart(node.id)}>
              Restart
            </Button>
          </TableCell>
        </TableRow>
      ))}
    </DataTable>
  );
}
