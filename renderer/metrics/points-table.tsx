/** The points of a chart as a table, the newest first: for reading, with or without a screen. */
import TableCell from '@mui/material/TableCell';
import TableRow from '@mui/material/TableRow';
import type { Figure } from '../../remote/core/contract/figures.ts';
import { type Column, DataTable } from '../components/data-table.tsx';
import type { Columns } from './columns.ts';
import { plotHeight } from './plot.ts';
import { useMetricsTexts } from './texts.ts';
import { formatMoment, formatValue } from './units.ts';

export function PointsTable({ title, columns, unit }: { title: string; columns: Columns; unit: Figure['unit'] }) {
  const texts = useMetricsTexts().chart;
  const { times, lines } = columns;
  return (
    <DataTable
      bare
      focusable
      label={texts.table(title)}
      columns={[texts.time, ...lines.map(({ label }): Column => ({ title: label, align: 'right' }))]}
      maxHeight={plotHeight + 60}
    >
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
    </DataTable>
  );
}
