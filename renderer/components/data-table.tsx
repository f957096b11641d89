/** The frame of every table: its name, the heads of its columns, and the paper around it, in which it scrolls. */
import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import type { SxProps, Theme } from '@mui/material/styles';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import type { ReactNode } from 'react';
import { HiddenText } from './hidden-text.tsx';
import { componentTexts } from './texts/common.ts';

export interface Column {
  readonly title: string;
  /** In pixels, or as a share: `32%`. Absent: what the rows need. */
  readonly width?: number | string;
  readonly align?: 'right';
  /** Its head is there for screen readers only. */
  readonly hidden?: boolean;
}

/** What can be done with each row; the buttons tell that to the eye. */
export const actionsColumn: Column = {
  get title() {
    return componentTexts().actions;
  },
  hidden: true,
};

export interface DataTableProps {
  readonly label: string;
  /** A title alone, or more. Absent: the rows are names with values and need no heads. */
  readonly columns?: readonly (string | Column)[] | undefined;
  /** The rows. */
  readonly children: ReactNode;
  /** What stands below the rows on the same paper. */
  readonly below?: ReactNode;
  /** For one that stands on a paper already. */
  readonly bare?: boolean;
  /** For rows in which nothing takes the focus: the frame takes it, so that keys can scroll it. */
  readonly focusable?: boolean;
  /** In pixels; what is higher scrolls below its heads. */
  readonly maxHeight?: number;
  /** Of the table itself. */
  readonly sx?: SxProps<Theme>;
}

export function DataTable(props: DataTableProps) {
  const { label, columns, children, below, bare = false, focusable = false, maxHeight, sx = {} } = props;
  const Frame = bare ? Box : Paper;
  return (
    <Frame
      {...(focusable ? { tabIndex: 0, role: 'group', 'aria-label': label } : {})}
      sx={{ overflow: 'auto', ...(maxHeight === undefined ? {} : { maxHeight }) }}
    >
      <Table size="small" stickyHeader={maxHeight !== undefined} aria-label={label} sx={sx}>
        {columns && (
          <TableHead>
            <TableRow>
              {columns.map((column, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: two may have the same title, and none ever moves
                <Head key={index} column={column} />
              ))}
            </TableRow>
          </TableHead>
        )}
        <TableBody>{children}</TableBody>
      </Table>
      {below}
    </Frame>
  );
}

function Head({ column }: { column: string | Column }) {
  if (typeof column === 'string') return <TableCell>{column}</TableCell>;
  const { title, width, align, hidden = false } = column;
  return (
    <TableCell align={align} sx={width === undefined ? {} : { width }}>
      {hidden ? <HiddenText>{title}</HiddenText> : title}
    </TableCell>
  );
}
