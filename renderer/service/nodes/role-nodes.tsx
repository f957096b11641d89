/** The nodes of one role as a table; each opens the panel. */
import Link from '@mui/material/Link';
import TableCell from '@mui/material/TableCell';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import type { NodeInfo } from '../../../remote/core/contract/application.ts';
import { actionsColumn, type Column, DataTable } from '../../components/data-table.tsx';
import { NodeButtons, wide } from '../../components/node-buttons.tsx';
import { StateLabel } from '../../components/state-label.tsx';
import { durationText } from '../../components/time.ts';
import { memoryText, type NewestFigures, processorText } from '../../metrics/node-figures.ts';
import { type NodeTexts, useNodeTexts } from './texts.ts';

export interface RoleNodesProps {
  readonly application: string;
  readonly role: string;
  readonly nodes: readonly NodeInfo[];
  readonly figures: NewestFigures['ofNodes'];
  /** By machine; undefined where the director has one cloud. */
  readonly clouds: ReadonlyMap<string, string> | undefined;
  /** Whether the heads of the columns are to be seen; they stand above the first role only. */
  readonly headed: boolean;
  readonly onChoose: (node: string) => void;
}

const number = { whiteSpace: 'nowrap', fontVariantNumeric: 'tabular-nums' } as const;

/** There for screen readers and for the widths of the columns, but not to be seen. */
const quiet = { visibility: 'collapse', '& th': { py: 0, lineHeight: 0, border: 0 } } as const;

const layout = {
  minWidth: 600,
  tableLayout: 'fixed',
  '& td, & th': { px: 1 },
  '& td:first-of-type, & th:first-of-type': { pl: 2 },
  '& th:last-of-type': { width: 84, [wide]: { width: 136 } },
} as const;

const columnsOf = ({ columns }: NodeTexts): readonly (string | Column)[] => [
  { title: columns.node, width: '24%' },
  columns.state,
  { title: columns.address, width: 102 },
  { title: columns.processor, width: 60, align: 'right' },
  { title: columns.memory, width: 80, align: 'right' },
  { title: columns.age, width: 60, align: 'right' },
  actionsColumn,
];

export function ageText(createdAt: number | undefined): string {
  return createdAt === undefined ? '–' : durationText(Date.now() - createdAt);
}

export function RoleNodes({ application, role, nodes, figures, clouds, headed, onChoose }: RoleNodesProps) {
  const texts = useNodeTexts();
  if (nodes.length === 0)
    return (
      <Typography variant="body2" color="textSecondary" sx={{ px: 2, pb: 1.5 }}>
        {texts.none}
      </Typography>
    );
  return (
    <DataTable
      bare
      focusable
      label={texts.ofRole(role)}
      columns={columnsOf(texts)}
      sx={{ ...layout, ...(headed ? {} : { '& thead': quiet }) }}
    >
      {nodes.map((node) => {
        const used = figures.get(node.id);
        return (
          <TableRow
            key={node.id}
            hover
            onClick={() => onChoose(node.id)}
            sx={{ cursor: 'pointer', '&:last-child td': { borderBottom: 0 } }}
          >
            <TableCell sx={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>
              <Link
                component="button"
                variant="body2"
                title={node.id}
                onClick={(event) => {
                  event.stopPropagation();
                  onChoose(node.id);
                }}
              >
                {node.id}
              </Link>
            </TableCell>
            <TableCell sx={{ overflow: 'hidden' }}>
              <StateLabel state={node.state} cause={node.cause ?? node.failure?.message} />
            </TableCell>
            <TableCell sx={number}>
              {node.address ?? '–'}
              {/* There is no room for a column of its own. */}
              {clouds?.has(node.vm) && (
                <Typography variant="caption" color="textSecondary" noWrap component="div" title={clouds.get(node.vm)}>
                  {clouds.get(node.vm)}
                </Typography>
              )}
            </TableCell>
            <TableCell sx={number} align="right">
              {processorText(used?.['cpu'])}
            </TableCell>
            <TableCell sx={number} align="right">
              {memoryText(used?.['memory'])}
            </TableCell>
            <TableCell sx={number} align="right">
              {ageText(node.createdAt ?? node.since)}
            </TableCell>
            <TableCell
              align="right"
              sx={{ whiteSpace: 'nowrap', py: 0.25 }}
              onClick={(event) => event.stopPropagation()}
            >
              <NodeButtons application={application} node={node} />
            </TableCell>
          </TableRow>
        );
      })}
    </DataTable>
  );
}
