/** The points of a chart as a table, the newest first: for reading, with or without a screen. */
import Box from '@mui/material/Box';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import type { Figure } from '../../remote/core/contract/metrics.ts';
import type { Columns } from './columns.ts';
import { plotHeight } from './plot.ts';
import { formatMoment, formatValue } from './units.ts';

export function PointsTable({ title, columns, unit }: { title: string; columns: Columns; unit: Figure['unit'] }) {
  const { times, lines } = columns;
  return (
    <Box
      role="region"
      aria-label={`${title} as a table`}
      tabIndex={0}
      sx={{ maxHeight: plotHeight + 60, overflow: 'auto' }}
    >
      <Table size="small" stickyHeader>
        <TableHead>
          <TableRow>
            <TableCell>Time</TableCell>
            {lines.map(({ key, label }) => (
              <TableCell key={key} align="right">
                {label}
              </TableCell>
            ))}
          </TableRow>
        </TableHead>
        <TableBody>
          {[...times.keys()].reverse().map((index) => (
            <TableRow key={times[index]}>
              <TableCell sx={{ whiteSpace: 'nowrap' }}>{formatMoment(times[index] ?? 0)}</TableCell>
              {lines.map(({ key, values }) => (
                <TableCell key={key} align="right" sx={{ fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' }}>
                  {formatValue(values[index] ?? Number.NaN, unit)}
                </TableCell>
              ))}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Box>
  );
}
