/** Who changed what, opened terminals or read secrets, from where. */
import Cancel from '@mui/icons-material/Cancel';
import CheckCircle from '@mui/icons-material/CheckCircle';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import type { AuditEntry } from '../../remote/core/contract/audit.ts';
import { durationText, timeText } from '../components/time.ts';
import { useAction } from '../components/use-action.ts';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import { useApplications } from '../stores/applications.ts';
import { ExportButton } from './export-button.tsx';
import { commandOf, isFiltered, noFilters, sinceOf } from './filters.ts';
import { rowStyle } from './long-list.tsx';
import { PagedList } from './paged-list.tsx';
import { useActivityTexts } from './texts.ts';
import { Toolbar } from './toolbar.tsx';
import { usePages } from './use-pages.ts';

export function AuditTab() {
  const { tabs, audit: texts } = useActivityTexts();
  const [filters, setFilters] = useState(noFilters);
  const [check, setCheck] = useState<{ intact: boolean; text: string }>();
  const name = useApplications(({ byId }) => byId.get(filters.application)?.name);
  const users = useLoaded(async () => (await hub.director('list_users', {})).map((user) => user.name), []);
  const since = sinceOf(filters.span, Date.now());
  const filter = {
    ...(filters.application && { application: filters.application }),
    ...(filters.user && { user: filters.user }),
    ...(filters.kind && { method: filters.kind }),
    ...(filters.state && { outcome: filters.state as 'done' | 'failed' }),
    ...(since !== undefined && { since }),
  };
  const pages = usePages<AuditEntry>(
    async (before) => {
      const { entries, next } = await hub.director('list_audit', {
        ...filter,
        ...(before !== undefined && { before }),
      });
      return { items: entries, next };
    },
    JSON.stringify({ ...filters }),
  );
  const verify = useAction(async () => {
    const { intact, entries, last, head, brokenAt } = await hub.director('verify_audit', {});
    setCheck({
      intact,
      text: intact ? texts.intact(entries, last, head.slice(0, 16)) : texts.broken(brokenAt),
    });
  });
  const said = verify.failure ? { intact: false, text: verify.failure.message } : check;
  return (
    <>
      <Toolbar
        filters={filters}
        onChange={setFilters}
        states={texts.outcomes}
        kinds={texts.kinds}
        users={users.value ?? []}
        command={commandOf('audit', {
          app: name,
          user: filters.user,
          method: filters.kind,
          outcome: filters.state,
          since: filters.span,
        })}
      >
        <Button color="secondary" disabled={verify.busy} onClick={() => verify.run()}>
          {texts.verify}
        </Button>
        <ExportButton list="audit" filter={filter} />
      </Toolbar>
      {said && (
        <Alert severity={said.intact ? 'success' : 'error'} variant="outlined" sx={{ mb: 2 }}>
          {said.text}
        </Alert>
      )}
      <PagedList
        label={tabs.audit}
        pages={pages}
        filtered={isFiltered(filters)}
        empty={texts.empty}
        row={(entry, place) => (
          <Box key={entry.seq} component="li" {...place} sx={rowStyle}>
            <Outcome outcome={entry.outcome} />
            <Box sx={{ flex: 1, minWidth: 0 }}>
              <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
                <strong>{entry.who}</strong> · {entry.method.replaceAll('_', ' ')}
                {entry.durationMs !== undefined && ` ${texts.after(durationText(entry.durationMs))}`}
                {aboutOf(entry) && ` · ${aboutOf(entry)}`}
              </Typography>
              <Typography variant="caption" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
                {[entry.outcome === 'done' ? undefined : entry.outcome.replaceAll('_', ' '), entry.from, entry.client]
                  .filter(Boolean)
                  .join(' · ')}
              </Typography>
            </Box>
            <Typography variant="body2" color="textSecondary" sx={{ whiteSpace: 'nowrap' }}>
              {timeText(entry.time)}
            </Typography>
          </Box>
        )}
      />
    </>
  );
}

function aboutOf({ target }: AuditEntry): string {
  return Object.entries(target)
    .map(([key, value]) => (key === 'application' ? value : `${key} ${value}`))
    .join(', ');
}

function Outcome({ outcome }: { outcome: string }) {
  const texts = useActivityTexts().audit.outcomes;
  const at = { fontSize: 17, flexShrink: 0, mt: '2px' } as const;
  if (outcome === 'done') return <CheckCircle titleAccess={texts.done} sx={{ ...at, color: 'success.main' }} />;
  return <Cancel titleAccess={texts.failed} sx={{ ...at, color: 'error.main' }} />;
}
