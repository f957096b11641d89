/** What happened: states of applications, machines, certificates, alerts. */
import ErrorIcon from '@mui/icons-material/Error';
import Info from '@mui/icons-material/InfoOutlined';
import Warning from '@mui/icons-material/Warning';
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import type { HistoryEvent } from '../../remote/core/contract/audit.ts';
import { timeText } from '../components/time.ts';
import { hub } from '../hub/client.ts';
import { useApplications } from '../stores/applications.ts';
import { ExportButton } from './export-button.tsx';
import { commandOf, isFiltered, noFilters, sinceOf } from './filters.ts';
import { rowStyle } from './long-list.tsx';
import { PagedList } from './paged-list.tsx';
import { useActivityTexts } from './texts.ts';
import { Toolbar } from './toolbar.tsx';
import { usePages } from './use-pages.ts';

export function EventsTab() {
  const { tabs, events: texts } = useActivityTexts();
  const [filters, setFilters] = useState(noFilters);
  const name = useApplications(({ byId }) => byId.get(filters.application)?.name);
  const since = sinceOf(filters.span, Date.now());
  const filter = {
    ...(filters.application && { application: filters.application }),
    ...(filters.kind && { kind: filters.kind as HistoryEvent['kind'] }),
    ...(since !== undefined && { since }),
  };
  const pages = usePages<HistoryEvent>(
    async (before) => {
      const { events, next } = await hub.director('list_events', {
        ...filter,
        ...(before !== undefined && { before }),
      });
      return { items: events, next };
    },
    JSON.stringify({ ...filters }),
  );
  return (
    <>
      <Toolbar
        filters={filters}
        onChange={setFilters}
        kinds={texts.kinds}
        command={commandOf('history', { app: name, kind: filters.kind, since: filters.span })}
      >
        <ExportButton list="events" filter={filter} />
      </Toolbar>
      <PagedList
        label={tabs.events}
        pages={pages}
        filtered={isFiltered(filters)}
        empty={texts.empty}
        row={(event, place) => (
          <Box key={event.seq} component="li" {...place} sx={rowStyle}>
            <Level level={event.level} />
            <Typography variant="body2" sx={{ flex: 1, minWidth: 0, overflowWrap: 'anywhere' }}>
              {event.text}
            </Typography>
            <Typography variant="body2" color="textSecondary" sx={{ whiteSpace: 'nowrap' }}>
              {texts.kinds[event.kind]} · {timeText(event.time)}
            </Typography>
          </Box>
        )}
      />
    </>
  );
}

function Level({ level }: { level: HistoryEvent['level'] }) {
  const texts = useActivityTexts().events.levels;
  const at = { fontSize: 17, flexShrink: 0, mt: '2px' } as const;
  switch (level) {
    case 'info':
      return <Info titleAccess={texts.info} sx={{ ...at, color: 'text.secondary' }} />;
    case 'warning':
      return <Warning titleAccess={texts.warning} sx={{ ...at, color: 'warning.main' }} />;
    case 'alert':
      return <ErrorIcon titleAccess={texts.alert} sx={{ ...at, color: 'error.main' }} />;
  }
}
