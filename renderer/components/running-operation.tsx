/** A running operation in one line: what it does now and how far it is. */
import Box from '@mui/material/Box';
import CircularProgress from '@mui/material/CircularProgress';
import Typography from '@mui/material/Typography';
import type { Operation } from '../../remote/core/contract/operation.ts';
import { durationText } from './time.ts';
import { useNow } from './use-now.ts';

export function RunningOperation({ operation }: { operation: Operation }) {
  const now = useNow(1000);
  const done = operation.steps.filter(({ state }) => state === 'done' || state === 'skipped').length;
  const current = operation.steps.find(({ state }) => state === 'running');
  const text = [
    operation.steps.length > 1 ? `${done}/${operation.steps.length}` : undefined,
    current?.title ?? operation.title,
    current?.detail,
    durationText(now - operation.startedAt),
  ];
  return (
    <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, minWidth: 0 }}>
      <CircularProgress size={14} thickness={5} aria-label="under way" />
      <Typography variant="body2" noWrap className="figures">
        {text.filter(Boolean).join(' · ')}
      </Typography>
    </Box>
  );
}
