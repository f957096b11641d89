/** Search, filters and density of the list. */
import DensityMedium from '@mui/icons-material/DensityMedium';
import DensitySmall from '@mui/icons-material/DensitySmall';
import Search from '@mui/icons-material/Search';
import InputAdornment from '@mui/material/InputAdornment';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import { type RefObject, useDeferredValue, useEffect, useState } from 'react';
import { changeQuery, useApplicationsView } from '../stores/applications-view.ts';
import { prefer, usePreferences } from '../stores/preferences.ts';
import type { StateFilter } from './query.ts';
import { useApplicationsTexts } from './texts.ts';

/** Inside the page's landmark, where screen readers look for it. */
const inPage = { disablePortal: true } as const;

export interface ToolbarProps {
  readonly clouds: readonly string[];
  readonly searchField: RefObject<HTMLInputElement | null>;
}

export function Toolbar({ clouds, searchField }: ToolbarProps) {
  const texts = useApplicationsTexts().toolbar;
  const query = useApplicationsView((view) => view.query);
  const density = usePreferences((store) => store.density);
  const [typed, setTyped] = useState(query.search);
  const sought = useDeferredValue(typed);
  useEffect(() => changeQuery({ search: sought }), [sought]);
  return (
    <>
      <TextField
        inputRef={searchField}
        placeholder={texts.searchHint}
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
        onKeyDown={({ key }) => key === 'Escape' && setTyped('')}
        slotProps={{
          htmlInput: { 'aria-label': texts.search, type: 'search' },
          input: {
            startAdornment: (
              <InputAdornment position="start">
                <Search fontSize="small" />
              </InputAdornment>
            ),
          },
        }}
        sx={{ width: 200 }}
      />
      <TextField
        select
        value={query.state}
        onChange={({ target }) => changeQuery({ state: target.value as StateFilter })}
        slotProps={{ select: { MenuProps: inPage, SelectDisplayProps: { 'aria-label': texts.state } } }}
        sx={{ minWidth: 116 }}
      >
        {Object.entries(texts.states).map(([value, title]) => (
          <MenuItem key={value} value={value}>
            {title}
          </MenuItem>
        ))}
      </TextField>
      {clouds.length > 1 && (
        <TextField
          select
          value={query.cloud ?? ''}
          onChange={({ target }) => changeQuery({ cloud: target.value || undefined })}
          slotProps={{
            select: { displayEmpty: true, MenuProps: inPage, SelectDisplayProps: { 'aria-label': texts.cloud } },
          }}
          sx={{ minWidth: 104 }}
        >
          <MenuItem value="">{texts.anyCloud}</MenuItem>
          {clouds.map((cloud) => (
            <MenuItem key={cloud} value={cloud}>
              {cloud}
            </MenuItem>
          ))}
        </TextField>
      )}
      <ToggleButtonGroup
        exclusive
        size="small"
        aria-label={texts.density}
        value={density}
        onChange={(_event, chosen: typeof density | null) => chosen && prefer({ density: chosen })}
      >
        <ToggleButton value="comfortable" aria-label={texts.comfortable}>
          <DensityMedium sx={{ fontSize: 18 }} />
        </ToggleButton>
        <ToggleButton value="compact" aria-label={texts.compact}>
          <DensitySmall sx={{ fontSize: 18 }} />
        </ToggleButton>
      </ToggleButtonGroup>
    </>
  );
}
