/** What the database does now (queries by kind, connections) and how large its databases and tables are. */
import Box from '@mui/material/Box';
import LinearProgress from '@mui/material/LinearProgress';
import Paper from '@mui/material/Paper';
import Skeleton from '@mui/material/Skeleton';
import TableCell from '@mui/material/TableCell';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import { useEffect, useRef } from 'react';
import { DataTable } from '../../components/data-table.tsx';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { Section } from '../../components/section.tsx';
import { durationText, sizeText } from '../../components/time.ts';
import { useLoaded } from '../../components/use-loaded.ts';
import { largeCount } from '../../texts/figures.ts';
import type { ServiceTabProps } from '../tabs.ts';
import { callOwn } from './connection-section.tsx';
import { queryKinds, ratesOf, rateText, type Statistics } from './rates.ts';
import { useMysqlTexts } from './texts.ts';

const everyMs = 3000;
const number = { whiteSpace: 'nowrap', fontVariantNumeric: 'tabular-nums' } as const;

export function FiguresSection({ application, service }: ServiceTabProps) {
  const texts = useMysqlTexts().figures;
  const { value, failure, reload } = useLoaded(
    () => callOwn<Statistics>(application.id, 'get_statistics', { service: service.name }),
    [application.id, service.name],
    everyMs,
  );
  /** The reading before the newest one. */
  const before = useRef<{ readonly newest: Statistics | undefined; readonly older: Statistics | undefined }>(undefined);
  const known = before.current;
  const older = known?.newest === value ? known?.older : known?.newest;
  useEffect(() => {
    if (before.current?.newest !== value) before.current = { newest: value, older: before.current?.newest };
  }, [value]);
  if (failure && !value)
    return (
      <Section title={texts.title}>
        <FailureNotice title={texts.failed} failure={failure} onRetry={reload} />
      </Section>
    );
  if (!value)
    return (
      <Section title={texts.title}>
        <Skeleton variant="rounded" height={120} />
      </Section>
    );
  const rates = ratesOf(older, value);
  const all = rates && queryKinds.reduce((sum, kind) => sum + rates[kind], 0);
  const { connections } = value;
  return (
    <Section title={texts.title} text={texts.running(durationText(value.uptime * 1000))}>
      <Paper sx={{ overflow: 'hidden', mb: 2 }}>
        <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 4, p: 2 }}>
          <Box sx={{ flex: '1 1 280px' }}>
            <Typography component="h3" variant="h3" sx={{ mb: 0.5 }}>
              {all === undefined ? texts.queries : texts.queriesAt(rateText(all))}
            </Typography>
            <DataTable bare label={texts.queriesLabel}>
              {queryKinds.map((kind) => (
                <TableRow key={kind} sx={{ '& .MuiTableCell-root': { border: 0, py: 0.25, px: 0 } }}>
                  <TableCell component="th" scope="row" sx={{ width: 70, color: 'text.secondary' }}>
                    {kind}
                  </TableCell>
                  <TableCell sx={{ ...number, width: 70 }}>{rateText(rates?.[kind])}</TableCell>
                  <TableCell>
                    {rates && (
                      <LinearProgress
                        aria-hidden
                        variant="determinate"
                        value={all ? (rates[kind] / all) * 100 : 0}
                        sx={{ height: 6, borderRadius: 3 }}
                      />
                    )}
                  </TableCell>
                </TableRow>
              ))}
            </DataTable>
          </Box>
          <Box sx={{ flex: '1 1 220px' }}>
            <Typography component="h3" variant="h3" sx={{ mb: 0.5 }}>
              {texts.connections(connections.connected, connections.limit)}
            </Typography>
            <Typography variant="body2" color="textSecondary">
              {texts.atWork(connections.running, connections.most)}
            </Typography>
            <Typography variant="body2" color="textSecondary">
              {texts.slow(value.slow)}
            </Typography>
          </Box>
        </Box>
      </Paper>
      <Paper sx={{ overflow: 'hidden' }}>
        {value.databases.length === 0 ? (
          <Typography color="textSecondary" sx={{ p: 2 }}>
            {texts.empty}
          </Typography>
        ) : (
          <DataTable
            bare
            focusable
            label={texts.sizes}
            columns={[
              texts.columns.name,
              { title: texts.columns.rows, align: 'right' },
              { title: texts.columns.size, align: 'right' },
            ]}
            maxHeight={340}
          >
            {value.databases.map((database) => [
              <TableRow key={database.name}>
                <TableCell component="th" scope="row" sx={{ fontWeight: 600 }}>
                  {database.name}
                </TableCell>
                <TableCell align="right" sx={number}>
                  {texts.tables(database.tables)}
                </TableCell>
                <TableCell align="right" sx={{ ...number, fontWeight: 600 }}>
                  {sizeText(database.bytes)}
                </TableCell>
              </TableRow>,
              ...value.tables
                .filter((table) => table.database === database.name)
                .map((table) => (
                  <TableRow key={`${database.name}.${table.name}`}>
                    <TableCell sx={{ pl: 4, overflowWrap: 'anywhere' }}>{table.name}</TableCell>
                    <TableCell align="right" sx={number}>
                      {largeCount(table.rows)}
                    </TableCell>
                    <TableCell align="right" sx={number}>
                      {sizeText(table.bytes)}
                    </TableCell>
                  </TableRow>
                )),
            ])}
          </DataTable>
        )}
      </Paper>
    </Section>
  );
}
