/** Filters of a tab of the Activity page, and what can be done with what they let through. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import type { ReactNode } from 'react';
import { desktop } from '../hub/desktop.ts';
import { useApplications } from '../stores/applications.ts';
import { say } from '../stores/notices.ts';
import type { Filters, Span } from './filters.ts';
import { isFiltered, noFilters } from './filters.ts';

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

const spanWords: Readonly<Record<Span, string>> = {
  '': 'any time',
  '1h': 'last hour',
  '1d': 'last day',
  '7d': 'last 7 days',
  '30d': 'last 30 days',
};

export function Toolbar({ filters, onChange, states, kinds, users, command, children }: ToolbarProps) {
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
      {choice('application', 'Application', 'all', names)}
      {states && choice('state', 'State', 'all', states)}
      {kinds && choice('kind', 'Kind', 'all', kinds)}
      {users && choice('user', 'User', 'all', Object.fromEntries(users.map((user) => [user, user])))}
      {choice('span', 'Time', 'any time', spanWords)}
      {isFiltered(filters) && <Button onClick={() => onChange(noFilters)}>Show all</Button>}
      <Box sx={{ ml: 'auto', display: 'flex', gap: 1 }}>
        <Button
          color="secondary"
          onClick={() => void desktop.copyText(command).then(() => say('The command is copied.'))}
        >
          Copy as command
        </Button>
        {children}
      </Box>
    </Box>
  );
}
