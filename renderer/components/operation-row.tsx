/** An operation in a list: opens to its steps. */
import Cancel from '@mui/icons-material/Cancel';
import CheckCircle from '@mui/icons-material/CheckCircle';
import ExpandMore from '@mui/icons-material/ExpandMore';
import RemoveCircle from '@mui/icons-material/RemoveCircleOutlineOutlined';
import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import CircularProgress from '@mui/material/CircularProgress';
import Collapse from '@mui/material/Collapse';
import Typography from '@mui/material/Typography';
import { type ReactNode, useState } from 'react';
import type { Operation } from '../../remote/core/contract/operation.ts';
import type { RowPlace } from '../activity/long-list.tsx';
import { OperationSteps } from './operation-steps.tsx';
import { useComponentTexts } from './texts/common.ts';
import { durationText, timeText } from './time.ts';

export interface OperationRowProps {
  readonly operation: Operation;
  readonly about?: ReactNode;
  /** In a long list: what its element carries. */
  readonly place?: RowPlace;
}

export function OperationRow({ operation, about, place }: OperationRowProps) {
  const [open, setOpen] = useState(false);
  const { state, startedAt, endedAt } = operation;
  return (
    <Box component="li" {...place} sx={{ '& + &': { borderTop: 1, borderColor: 'divider' } }}>
      <Box sx={{ display: 'flex', gap: 1.25, px: 1.5, py: 1 }}>
        <OutcomeIcon state={state} />
        <Box sx={{ flex: 1, minWidth: 0 }}>
          <ButtonBase
            aria-expanded={open}
            onClick={() => setOpen(!open)}
            sx={{ width: '100%', justifyContent: 'flex-start', textAlign: 'left' }}
          >
            <Typography variant="body2" sx={{ flex: 1, overflowWrap: 'anywhere' }}>
              {operation.title}
            </Typography>
            <ExpandMore
              aria-hidden
              sx={{ fontSize: 18, color: 'text.secondary', ...(open ? { transform: 'rotate(180deg)' } : {}) }}
            />
          </ButtonBase>
          <Typography variant="caption" color="textSecondary" component="div">
            {timeText(startedAt)}
            {endedAt !== undefined && ` · ${durationText(endedAt - startedAt)}`} · {operation.requestedBy}
            {about}
          </Typography>
          {operation.failure && !open && (
            <Typography variant="caption" color="error" component="div" noWrap>
              {operation.failure.message}
            </Typography>
          )}
        </Box>
      </Box>
      <Collapse in={open} unmountOnExit>
        <Box sx={{ px: 1.5, pb: 1.5 }}>
          <OperationSteps operation={operation} titled={false} />
        </Box>
      </Collapse>
    </Box>
  );
}

function OutcomeIcon({ state }: { state: Operation['state'] }) {
  const { outcomes } = useComponentTexts().operation;
  const at = { fontSize: 17, flexShrink: 0, alignSelf: 'flex-start', mt: '2px' } as const;
  switch (state) {
    case 'running':
      return (
        <CircularProgress
          size={17}
          thickness={5}
          aria-label={outcomes.running}
          sx={{ alignSelf: 'flex-start', mt: '2px', flexShrink: 0 }}
        />
      );
    case 'done':
      return <CheckCircle titleAccess={outcomes.done} sx={{ ...at, color: 'success.main' }} />;
    case 'failed':
      return <Cancel titleAccess={outcomes.failed} sx={{ ...at, color: 'error.main' }} />;
    case 'cancelled':
      return <RemoveCircle titleAccess={outcomes.cancelled} sx={{ ...at, color: 'text.secondary' }} />;
  }
}
