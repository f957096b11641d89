/** What needs the user, on top of the list, with the click that mends it. */
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useMemo } from 'react';
import type { Operation } from '../../remote/core/contract/operation.ts';
import { useAction } from '../components/use-action.ts';
import { hub } from '../hub/client.ts';
import { useApplications } from '../stores/applications.ts';
import { changeQuery } from '../stores/applications-view.ts';
import { useOperations } from '../stores/operations.ts';
import { go } from '../stores/route.ts';
import { type Attention, attentionOf, newestOperations } from './attention.ts';
import { isUnwell } from './query.ts';

export function AttentionLine() {
  const applications = useApplications((store) => store.byId);
  const operations = useOperations((store) => store.byId);
  const unwell = useMemo(() => {
    const newest = newestOperations(operations);
    return [...applications.values()]
      .filter(isUnwell)
      .map((application) => attentionOf(application, newest))
      .filter((attention) => attention !== undefined)
      .sort((a, b) => Number(b.application.state === 'failed') - Number(a.application.state === 'failed'));
  }, [applications, operations]);
  const [first] = unwell;
  if (!first) return null;
  return <First key={first.application.id} attention={first} count={unwell.length} />;
}

function First({ attention: { application, cause, mend }, count }: { attention: Attention; count: number }) {
  const mending = useAction(async () => {
    switch (mend?.kind) {
      case 'retry':
        await hub.director('retry_operation', { operation: mend.operation as Operation['id'] });
        break;
      case 'roll_back':
        await hub.manager(application.id, 'rollback_code_version', { service: mend.service });
        break;
      case 'replace_manager':
        await hub.director('replace_manager', { application: application.id });
        break;
    }
  });
  return (
    <Alert
      severity={application.state === 'failed' ? 'error' : 'warning'}
      variant="outlined"
      sx={{ mb: 1.5, py: 0, alignItems: 'center', '& .MuiAlert-message': { minWidth: 0 } }}
      action={
        <Box sx={{ display: 'flex', gap: 0.5, whiteSpace: 'nowrap' }}>
          {count > 1 && (
            <Button color="inherit" onClick={() => changeQuery({ state: 'needs-you' })}>
              All {count}
            </Button>
          )}
          <Button color="inherit" onClick={() => go({ page: 'application', application: application.id })}>
            Show
          </Button>
          {mend && (
            <Button color="inherit" disabled={mending.busy} onClick={() => mending.run()}>
              {mend.label}
            </Button>
          )}
        </Box>
      }
    >
      <Box component="span" sx={{ fontWeight: 600 }}>
        {count} {count === 1 ? 'needs' : 'need'} you: {application.name}
      </Box>
      {' · '}
      {mending.failure ? mending.failure.message : cause}
    </Alert>
  );
}
