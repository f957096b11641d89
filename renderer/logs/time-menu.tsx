/** When the lines of a log were written that are shown. */
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import { useState } from 'react';
import { FormDialog } from '../components/form-dialog.tsx';
import { timeText } from '../components/time.ts';
import { useAction } from '../components/use-action.ts';
import type { ChoiceProps } from './choice-menus.tsx';
import { DropDown } from './drop-down.tsx';
import { useLogTexts } from './texts.ts';

const minute = 60_000;
const spans = { fiveMinutes: 5 * minute, quarter: 15 * minute, hour: 60 * minute, day: 24 * 60 * minute } as const;
const spanNames = Object.keys(spans) as (keyof typeof spans)[];

export function TimeMenu({ choice, onChoice }: ChoiceProps) {
  const texts = useLogTexts().time;
  const [asking, setAsking] = useState(false);
  const { since, until, ...rest } = choice;
  const said = (time: number | undefined) => (time === undefined ? undefined : timeText(time));
  const label = since === undefined && until === undefined ? texts.any : texts.range(said(since), said(until));
  return (
    <>
      <DropDown label={label}>
        {(close) => {
          const choosing = (choose: () => void) => () => {
            close();
            choose();
          };
          return [
            <MenuItem dense key="any" onClick={choosing(() => onChoice(rest))}>
              {texts.any}
            </MenuItem>,
            ...spanNames.map((span) => (
              <MenuItem
                dense
                key={span}
                onClick={choosing(() => onChoice({ ...rest, since: Date.now() - spans[span] }))}
              >
                {texts.spans[span]}
              </MenuItem>
            )),
            <MenuItem dense key="between" onClick={choosing(() => setAsking(true))}>
              {texts.between}
            </MenuItem>,
          ];
        }}
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
  const texts = useLogTexts().time;
  const [from, setFrom] = useState(fieldText(since ?? Date.now() - 60 * minute));
  const [to, setTo] = useState(fieldText(until));
  const times = { since: Date.parse(from), until: Date.parse(to) };
  const wrong = times.since >= times.until;
  const show = useAction(async () =>
    onRange({
      ...(Number.isNaN(times.since) ? {} : { since: times.since }),
      ...(Number.isNaN(times.until) ? {} : { until: times.until }),
    }),
  );
  return (
    <FormDialog title={texts.title} action={texts.show} ready={!wrong} work={show} maxWidth="xs" onClose={onClose}>
      <TimeField label={texts.from} value={from} onChange={setFrom} />
      <TimeField label={texts.to} value={to} problem={wrong ? texts.wrong : undefined} onChange={setTo} />
    </FormDialog>
  );
}

interface TimeFieldProps {
  readonly label: string;
  readonly value: string;
  readonly problem?: string | undefined;
  readonly onChange: (value: string) => void;
}

function TimeField({ label, value, problem, onChange }: TimeFieldProps) {
  return (
    <TextField
      label={label}
      type="datetime-local"
      value={value}
      error={problem !== undefined}
      helperText={problem}
      onChange={({ target }) => onChange(target.value)}
      slotProps={{ inputLabel: { shrink: true }, htmlInput: { step: 1 } }}
      sx={{ mt: 1 }}
    />
  );
}
