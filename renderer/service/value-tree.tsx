/** Any value of the contract, readable: lists of like things as a table, objects as names with values, no raw dump. */
import Box from '@mui/material/Box';
import TableCell from '@mui/material/TableCell';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import { DataTable } from '../components/data-table.tsx';
import { titleOf } from '../forms/schema.ts';
import { useServiceTexts } from './texts.ts';
import { columnsOf, plainText } from './value-text.ts';

/** Rows of a table that are shown. */
const mostRows = 200;

export function ValueTree({ value, name = '' }: { value: unknown; name?: string }) {
  const plain = plainText(value, name);
  if (plain !== undefined)
    return (
      <Typography component="span" variant="body2" sx={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
        {plain}
      </Typography>
    );
  if (Array.isArray(value)) return <ListValue value={value} name={name} />;
  return (
    <Box
      component="dl"
      sx={{ m: 0, display: 'grid', gridTemplateColumns: 'minmax(90px, max-content) 1fr', gap: 0.5, columnGap: 2 }}
    >
      {Object.entries(value as Record<string, unknown>).map(([key, one]) => (
        <Box key={key} sx={{ display: 'contents' }}>
          <Typography
            component="dt"
            variant="body2"
            color="textSecondary"
            sx={{ maxWidth: 220, overflowWrap: 'anywhere' }}
          >
            {titleOf(key)}
          </Typography>
          <Box component="dd" sx={{ m: 0, minWidth: 0 }}>
            <ValueTree value={one} name={key} />
          </Box>
        </Box>
      ))}
    </Box>
  );
}

function ListValue({ value, name }: { value: readonly unknown[]; name: string }) {
  const texts = useServiceTexts().values;
  const columns = columnsOf(value);
  const more = value.length - mostRows;
  return (
    <DataTable
      bare
      focusable
      label={name ? titleOf(name) : texts.result}
      columns={columns?.map((column) => titleOf(column))}
      below={
        more > 0 && (
          <Typography variant="body2" color="textSecondary" sx={{ p: 1 }}>
            {texts.more(more)}
          </Typography>
        )
      }
    >
      {value.slice(0, mostRows).map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a result never changes its order
        <TableRow key={index}>
          {columns ? (
            columns.map((column) => (
              <TableCell key={column} sx={{ verticalAlign: 'top' }}>
                <ValueTree value={(row as Record<string, unknown>)[column]} name={column} />
              </TableCell>
            ))
          ) : (
            <TableCell>
              <ValueTree value={row} />
            </TableCell>
          )}
        </TableRow>
      ))}
    </DataTable>
  );
}
