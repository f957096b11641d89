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
import { Toolbar } from './toolbar.tsx';
import { usePages } from './use-pages.ts';

const outcomes = { done: 'done', failed: 'failed' };
/** Those that a person most often looks for. */
const kinds = {
  open_terminal: 'terminals opened',
  close_terminal: 'terminals closed',
  apply_manifest: 'manifests applied',
  upload_code_version: 'code uploaded',
  set_secret: 'secrets set',
  get_secrets: 'secrets read',
  delete_application: 'applications deleted',
  revoke_certificate: 'certificates revoked',
};

export function AuditTab() {
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
      text: intact
        ? `${entries} entries are as they were written. The last is number ${last}, its hash ${head.slice(0, 16)}….`
        : `Entry ${brokenAt} is not what was written, or is missing: somebody changed the director's database.`,
    });
  });
  const said = verify.failure ? { intact: false, text: verify.failure.message } : check;
  return (
    <>
      <Toolbar
        filters={filters}
        onChange={setFilters}
        states={outcomes}
        kinds={kinds}
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
          Verify
        </Button>
        <ExportButton what="audit" filter={filter} />
      </Toolbar>
      {said && (
        <Alert severity={said.intact ? 'success' : 'error'} variant="outlined" sx={{ mb: 2 }}>
          {said.text}
        </Alert>
      )}
      <PagedList
        label="Audit"
        pages={pages}
        filtered={isFiltered(filters)}
        empty="Nobody has changed anything yet."
        row={(entry, place) => (
          <Box key={entry.seq} component="li" {...place} sx={rowStyle}>
            <Outcome outcome={entry.outcome} />
            <Box sx={{ flex: 1, minWidth: 0 }}>
              <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
                <strong>{entry.who}</strong> · {entry.method.replaceAll('_', ' ')}
                {entry.durationMs !== undefined && ` after ${durationText(entry.durationMs)}`}
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
  const at = { fontSize: 17, flexShrink: 0, mt: '2px' } as const;
  if (outcome === 'done') return <CheckCircle titleAccess="done" sx={{ ...at, color: 'success.main' }} />;
  return <Cancel titleAccess="failed" sx={{ ...at, color: 'error.main' }} />;
}
