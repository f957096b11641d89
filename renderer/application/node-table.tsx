/** Nodes of a service, with their logs and a restart. */
import TableCell from '@mui/material/TableCell';
import TableRow from '@mui/material/TableRow';
import type { NodeInfo } from '../../remote/core/contract/application.ts';
import { actionsColumn, type Column, DataTable } from '../components/data-table.tsx';
import { NodeButtons } from '../components/node-buttons.tsx';
import { StateLabel } from '../components/state-label.tsx';
import { durationText } from '../components/time.ts';
import { failureOf, hub } from '../hub/client.ts';
import { memoryText, type NewestFigures, processorText } from '../metrics/node-figures.ts';
import { say } from '../stores/notices.ts';
import { useApplicationTexts } from './texts.ts';

export interface NodeTableProps {
  readonly application: string;
  readonly nodes: readonly NodeInfo[];
  readonly figures: NewestFigures['ofNodes'];
  /** By machine; undefined where the director has one cloud. */
  readonly clouds: ReadonlyMap<string, string> | undefined;
}

const number = { whiteSpace: 'nowrap', fontVariantNumeric: 'tabular-nums' } as const;

export function NodeTable({ application, nodes, figures, clouds }: NodeTableProps) {
  const texts = useApplicationTexts().nodes;
  const columns: readonly (string | Column)[] = [
    ...texts.columns,
    ...(clouds ? [texts.cloud] : []),
    ...texts.figures.map((title) => ({ title, align: 'right' }) as const),
    actionsColumn,
  ];
  const restart = (node: string) =>
    hub
      .manager(application, 'restart_node', { node })
      .catch((thrown: unknown) => say(failureOf(thrown).message, { level: 'warning' }));
  if (nodes.length === 0) return null;
  return (
    <DataTable
      bare
      label={texts.label}
      columns={columns}
      sx={{
        minWidth: 560,
        '& td, & th': { px: clouds ? 0.75 : 1.25 },
        '& td:first-of-type, & th:first-of-type': { pl: 2 },
      }}
    >
      {nodes.map((node) => (
        <TableRow key={node.id} sx={{ '&:last-child td': { borderBottom: 0 } }}>
          <TableCell sx={{ whiteSpace: 'nowrap' }}>{node.id}</TableCell>
          {/* Takes what is left, and shortens its text rather than push the others out. */}
          <TableCell sx={{ width: '100%', minWidth: 96, maxWidth: 0 }}>
            <StateLabel state={node.state} cause={node.cause ?? node.failure?.message} />
          </TableCell>
          <TableCell sx={number}>{node.address ?? '–'}</TableCell>
          {clouds && <TableCell sx={number}>{clouds.get(node.vm) ?? '–'}</TableCell>}
          <TableCell sx={number} align="right">
            {processorText(figures.get(node.id)?.['cpu'])}
          </TableCell>
          <TableCell sx={number} align="right">
            {memoryText(figures.get(node.id)?.['memory'])}
          </TableCell>
          <TableCell sx={number} align="right">
            {node.since === undefined ? '–' : durationText(Date.now() - node.since)}
          </TableCell>
          <TableCell align="right" sx={{ whiteSpace: 'nowrap', py: 0.25, pr: 1 }}>
            <NodeButtons application={application} node={node} onRestart={() => void restart(node.id)} />
          </TableCell>
        </TableRow>
      ))}
    </DataTable>
  );
}
