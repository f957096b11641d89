/** Sizes of machines with their prices, as of when. */
import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import TableCell from '@mui/material/TableCell';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import { type Column, DataTable } from '../components/data-table.tsx';
import { FailureNotice } from '../components/failure-notice.tsx';
import { monthText, priceText } from '../components/money.ts';
import { Nothing } from '../components/nothing.tsx';
import { timeText } from '../components/time.ts';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import { figure } from '../texts/figures.ts';
import { useCloudTexts } from './texts.ts';

export function PricesTab() {
  const texts = useCloudTexts().prices;
  const { value, failure, reload } = useLoaded(() => hub.director('list_offers', {}), []);
  if (!value) {
    return failure ? (
      <FailureNotice title={texts.failed} failure={failure} onRetry={reload} />
    ) : (
      <Skeleton variant="rounded" height={160} />
    );
  }
  if (value.length === 0) return <Nothing>{texts.empty}</Nothing>;
  const columns: readonly (string | Column)[] = [
    texts.size,
    ...texts.figures.map((title): Column => ({ title, align: 'right' })),
  ];
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', gap: 3 }}>
      {value.map(({ cloud, asOf, offers, failure: why }) => (
        <section key={cloud}>
          <Typography component="h2" variant="h2">
            {cloud}
          </Typography>
          <Typography variant="body2" color="textSecondary" sx={{ mb: 1 }}>
            {texts.asOf(timeText(asOf))}
          </Typography>
          {why !== undefined && <FailureNotice failure={{ code: 'cloud_failed', message: why }} onRetry={reload} />}
          {offers.length > 0 && (
            <DataTable label={texts.label(cloud)} columns={columns}>
              {offers.map(({ name, cpus, memoryMb, pricePerHour }) => (
                <TableRow key={name}>
                  <TableCell component="th" scope="row">
                    {name}
                  </TableCell>
                  <TableCell align="right">{cpus}</TableCell>
                  <TableCell align="right">{texts.gigabytes(figure(memoryMb / 1024, 1))}</TableCell>
                  <TableCell align="right">{priceText(pricePerHour)}</TableCell>
                  <TableCell align="right">
                    {pricePerHour ? `${monthText(pricePerHour)} $` : priceText(pricePerHour)}
                  </TableCell>
                </TableRow>
              ))}
            </DataTable>
          )}
        </section>
      ))}
    </Box>
  );
}
