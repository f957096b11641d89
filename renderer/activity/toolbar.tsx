/** Filters of a tab of the Activity page, and what can be done with what they let through. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import type { ReactNode } from 'react';
import { desktop } from '../hub/desktop.ts';
import { useApplications } from '../stores/applications.ts';
import { say } from '../stores/notices.ts';
import type { Filters } from './filters.ts';
import { isFiltered, noFilters } from './filters.ts';
import { useActivityTexts } from './texts.ts';

export interface ToolbarProps {
  readonly filters: Filters;
  readonly onChange: (filters: Filters) => void;
  /** Choices beside application, user and time. */
  readonly states?: Readonly<Record<string, string>>;
  readonly kinds?: Readonly<Record<string, string>>;
  readonly users?: readonly string[];
  /** The `conpaas` command that shows the same. */
  readonly command: string;
  readonly children?: ReactNode;
}

export function Toolbar({ filters, onChange, states, kinds, users, command, children }: ToolbarProps) {
  const texts = useActivityTexts().filters;
  const applications = useApplications(({ byId }) => byId);
  const names = Object.fromEntries([...applications.values()].map(({ id, name }) => [id, name]));
  const choice = (key: keyof Filters, label: string, all: string, choices: Readonly<Record<string, string>>) => (
    <TextField
      select
      label={label}
      value={filters[key]}
      onChange={({ target }) => onChange({ ...filters, [key]: target.value })}
      slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
      sx={{ minWidth: 112 }}
    >
      {key !== 'span' && <MenuItem value="">{all}</MenuItem>}
      {Object.entries(choices).map(([value, word]) => (
        <MenuItem key={value} value={value}>
          {word}
        </MenuItem>
      ))}
    </TextField>
  );
  return (
    <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 1.5, mb: 2 }}>
      {choice('application', texts.application, texts.all, names)}
      {states && choice('state', texts.state, texts.all, states)}
      {kinds && choice('kind', texts.kind, texts.all, kinds)}
      {users && choice('user', texts.user, texts.all, Object.fromEntries(users.map((user) => [user, user])))}
      {choice('span', texts.time, texts.all, texts.spans)}
      {isFiltered(filters) && <Button onClick={() => onChange(noFilters)}>{texts.showAll}</Button>}
      <Box sx={{ ml: 'auto', display: 'flex', gap: 1 }}>
        <Button color="secondary" onClick={() => void desktop.copyText(command).then(() => say(texts.commandCopied))}>
          {texts.copyCommand}
        </Button>
        {children}
      </Box>
    </Box>
  );
}
