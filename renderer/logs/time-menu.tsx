/** When the lines of a log were written that are shown. */
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import { useState } from 'react';
import { timeText } from '../components/time.ts';
import type { ChoiceProps } from './choice-menus.tsx';
import { DropDown } from './drop-down.tsx';

const minute = 60_000;
const spans: readonly (readonly [string, number])[] = [
  ['Last 5 minutes', 5 * minute],
  ['Last 15 minutes', 15 * minute],
  ['Last hour', 60 * minute],
  ['Last 24 hours', 24 * 60 * minute],
];

export function TimeMenu({ choice, onChoice }: ChoiceProps) {
  const [asking, setAsking] = useState(false);
  const { since, until, ...rest } = choice;
  const label =
    since === undefined && until === undefined
      ? 'Any time'
      : `${since === undefined ? 'start' : timeText(since)} – ${until === undefined ? 'now' : timeText(until)}`;
  return (
    <>
      <DropDown label={label}>
        {(close) => [
          <MenuItem
            dense
            key="any"
            onClick={() => {
              close();
              onChoice(rest);
            }}
          >
            Any time
          </MenuItem>,
          ...spans.map(([title, span]) => (
            <MenuItem
              dense
              key={title}
              onClick={() => {
                close();
                onChoice({ ...rest, since: Date.now() - span });
              }}
            >
              {title}
            </MenuItem>
          )),
          <MenuItem
            dense
            key="between"
            onClick={() => {
              close();
              setAsking(true);
            }}
          >
            Between…
          </MenuItem>,
        ]}
      </DropDown>
      {asking && (
        <RangeDialog
          since={since}
          until={until}
          onClose={() => setAsking(false)}
          onRange={(range) => {
            setAsking(false);
            onChoice({ ...rest, ...range });
          }}
        />
      )}
    </>
  );
}

/** For a field of type `datetime-local`, in the time zone of this computer. */
function fieldText(time: number | undefined): string {
  if (time === undefined) return '';
  return new Date(time - new Date(time).getTimezoneOffset() * minute).toISOString().slice(0, 19);
}

interface RangeDialogProps {
  readonly since: number | undefined;
  readonly until: number | undefined;
  readonly onClose: () => void;
  readonly onRange: (range: { since?: number; until?: number }) => void;
}

function RangeDialog({ since, until, onClose, onRange }: RangeDialogProps) {
  const [from, setFrom] = useState(fieldText(since ?? Date.now() - 60 * minute));
  const [to, setTo] = useState(fieldText(until));
  const times = { since: Date.parse(from), until: Date.parse(to) };
  const wrong = times.since >= times.until;
  return (
    <Dialog open onClose={onClose} maxWidth="xs" aria-labelledby="range-title">
      <DialogTitle id="range-title">Lines between</DialogTitle>
      <DialogContent sx={{ display: 'grid', gap: 2, pt: '8px !important' }}>
        <TextField
          label="From"
          type="datetime-local"
          value={from}
          onChange={({ target }) => setFrom(target.value)}
          slotProps={{ inputLabel: { shrink: true }, htmlInput: { step: 1 } }}
        />
        <TextField
          label="To (empty: now)"
          type="datetime-local"
          value={to}
          error={wrong}
          helperText={wrong ? 'This is before the start.' : undefined}
          onChange={({ target }) => setTo(target.value)}
          slotProps={{ inputLabel: { shrink: true }, htmlInput: { step: 1 } }}
        />
      </DialogContent>
      <DialogActions>
        <Button color="secondary" onClick={onClose}>
          Cancel
        </Button>
        <Button
          variant="contained"
          disabled={wrong}
          onClick={() =>
            onRange({
              ...(Number.isNaN(times.since) ? {} : { since: times.since }),
              ...(Number.isNaN(times.until) ? {} : { until: times.until }),
            })
          }
        >
          Show
        </Button>
      </DialogActions>
    </Dialog>
  );
}
