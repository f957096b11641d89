/** One setting with a few values to choose from. */
import FormControl from '@mui/material/FormControl';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormLabel from '@mui/material/FormLabel';
import Radio from '@mui/material/Radio';
import RadioGroup from '@mui/material/RadioGroup';

export interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  /** Values and their words, in order. */
  readonly values: Readonly<Record<Value, string>>;
  readonly onChange: (value: Value) => void;
}

export function Choice<Value extends string>({ label, value, values, onChange }: ChoiceProps<Value>) {
  return (
    <FormControl sx={{ display: 'flex', flexDirection: 'row', flexWrap: 'wrap', alignItems: 'center', columnGap: 2 }}>
      <FormLabel sx={{ width: 96, fontSize: '0.875rem' }}>{label}</FormLabel>
      <RadioGroup row value={value} onChange={(_event, chosen) => onChange(chosen as Value)} aria-label={label}>
        {Object.entries<string>(values).map(([each, words]) => (
          <FormControlLabel key={each} value={each} label={words} control={<Radio size="small" />} />
        ))}
      </RadioGroup>
    </FormControl>
  );
}
