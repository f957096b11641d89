/** The last operations of an application; the running ones with their steps. */
import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import { useMemo } from 'react';
import { OperationRow } from '../components/operation-row.tsx';
import { OperationSteps } from '../components/operation-steps.tsx';
import { newestFirst, useOperations } from '../stores/operations.ts';

const shown = 8;

export function useOperationsOf(application: string, service?: string) {
  const byId = useOperations((store) => store.byId);
  return useMemo(
    () =>
      newestFirst(byId.values()).filter(
        ({ target }) => target.application === application && (service === undefined || target.service === service),
      ),
    [byId, application, service],
  );
}

/** What runs now, and what failed last if nothing came after it. */
export function CurrentOperations({ application, service }: { application: string; service?: string }) {
  const operations = useOperationsOf(application, service);
  const current = operations.filter(({ state }, index) => state === 'running' || (state === 'failed' && index === 0));
  return current.map((operation) => (
    <Paper key={operation.id} sx={{ p: 2, mb: 2 }}>
      <OperationSteps operation={operation} />
    </Paper>
  ));
}

export function RecentOperations({ application, service }: { application: string; service?: string }) {
  const operations = useOperationsOf(application, service).slice(0, shown);
  return (
    <Box component="section" aria-labelledby="recent">
      <Typography component="h2" variant="h2" id="recent" sx={{ mb: 1.5 }}>
        Recent
      </Typography>
      <Paper component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {operations.map((operation) => (
          <OperationRow key={operation.id} operation={operation} />
        ))}
        {operations.length === 0 && (
          <Box component="li" sx={{ p: 2, color: 'text.secondary' }}>
            Nothing yet.
          </Box>
        )}
      </Paper>
    </Box>
  );
}
