/** A few facts as a table of names and values. */
import Paper from '@mui/material/Paper';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableRow from '@mui/material/TableRow';

export interface FactsProps {
  readonly label: string;
  readonly rows: readonly (readonly [name: string, value: string])[];
}

export function Facts({ label, rows }: FactsProps) {
  return (
    <Paper sx={{ overflow: 'hidden' }}>
      <Table size="small" aria-label={label}>
        <TableBody>
          {rows.map(([name, value]) => (
            <TableRow key={name} sx={{ '&:last-child > *': { borderBottom: 0 } }}>
              <TableCell component="th" scope="row" sx={{ width: '36%', color: 'text.secondary' }}>
                {name}
              </TableCell>
              <TableCell sx={{ overflowWrap: 'anywhere' }}>{value}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Paper>
  );
}
