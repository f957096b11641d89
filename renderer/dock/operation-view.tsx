/** An operation in the dock: its steps as they go, wherever the user is. */
import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import { OperationSteps } from '../components/operation-steps.tsx';
import { useOperation } from '../components/use-operation.ts';
import type { OperationTab } from '../stores/dock.ts';

export function OperationView({ tab }: { tab: OperationTab }) {
  const operation = useOperation(tab.operation);
  return (
    <Box sx={{ flex: 1, minHeight: 0, overflow: 'auto', p: 2 }}>
      {operation ? <OperationSteps operation={operation} /> : <Skeleton variant="rounded" height={120} />}
    </Box>
  );
}
