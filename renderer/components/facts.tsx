/** A few facts as a table of names and values. */
import TableCell from '@mui/material/TableCell';
import TableRow from '@mui/material/TableRow';
import { DataTable } from './data-table.tsx';

export interface FactsProps {
  readonly label: string;
  readonly rows: readonly (readonly [name: string, value: string])[];
}

export function Facts({ label, rows }: FactsProps) {
  return (
    <DataTable label={label}>
      {rows.map(([name, value]) => (
        <TableRow key={name} sx={{ '&:last-child > *': { borderBottom: 0 } }}>
          <TableCell component="th" scope="row" sx={{ width: '36%', color: 'text.secondary' }}>
            {name}
          </TableCell>
          <TableCell sx={{ overflowWrap: 'anywhere' }}>{value}</TableCell>
        </TableRow>
      ))}
    </DataTable>
  );
}
