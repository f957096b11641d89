/** What is different between two versions, by service: typed values, files by name. */
import Add from '@mui/icons-material/Add';
import Edit from '@mui/icons-material/EditOutlined';
import Remove from '@mui/icons-material/Remove';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import TableCell from '@mui/material/TableCell';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import type { FileChanges, HistoryChange } from '../../remote/core/contract/history.ts';
import { DataTable } from '../components/data-table.tsx';
import { FailureNotice } from '../components/failure-notice.tsx';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import { useHistoryTexts } from './texts.ts';

const signs = {
  added: { Icon: Add, color: 'success.main' },
  changed: { Icon: Edit, color: 'warning.main' },
  removed: { Icon: Remove, color: 'error.main' },
} as const;

/** File names shown of each kind. */
const shownFiles = 40;

export interface DifferenceViewProps {
  readonly application: string;
  readonly from: number;
  readonly to: number;
  /** Whether the user thinks of returning to `to`: then what that would not do is said. */
  readonly returning: boolean;
}

export function DifferenceView({ application, from, to, returning }: DifferenceViewProps) {
  const texts = useHistoryTexts().difference;
  const { value, failure, reload } = useLoaded(
    () => hub.director('diff_history', { application, from, to }),
    [application, from, to],
  );
  if (failure) return <FailureNotice title={texts.failed} failure={failure} onRetry={reload} />;
  if (!value || value.from !== from || value.to !== to) return <Skeleton variant="rounded" height={120} />;
  const services = [...new Set(value.changes.map(({ service }) => service))];
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', gap: 2 }}>
      {value.changes.length === 0 && <Typography color="textSecondary">{texts.same}</Typography>}
      {services.map((service) => (
        <Changes
          key={service ?? ''}
          title={service ?? texts.application}
          from={from}
          to={to}
          changes={value.changes.filter((change) => change.service === service)}
        />
      ))}
      {returning && value.missingSecrets.length > 0 && (
        <Alert severity="warning" variant="outlined">
          {texts.missing(value.missingSecrets)}
        </Alert>
      )}
      {returning && value.kept.length > 0 && (
        <Alert severity="info" variant="outlined">
          {texts.kept(value.kept)}
        </Alert>
      )}
    </Box>
  );
}

interface ChangesProps {
  readonly title: string;
  readonly from: number;
  readonly to: number;
  readonly changes: readonly HistoryChange[];
}

function Changes({ title, from, to, changes }: ChangesProps) {
  const { difference: texts, version } = useHistoryTexts();
  return (
    <Box>
      <Typography component="h3" variant="h3" sx={{ mb: 0.5 }}>
        {title}
      </Typography>
      <DataTable
        bare
        label={texts.label(title)}
        columns={[{ title: texts.what, width: '42%' }, version(from), version(to)]}
        sx={{ tableLayout: 'fixed' }}
      >
        {changes.map((change) => (
          <TableRow key={`${change.subject} ${change.key ?? ''}`} sx={{ '& > *': { verticalAlign: 'top', py: 1 } }}>
            <TableCell>
              <What change={change} />
              {change.files && <Files files={change.files} />}
            </TableCell>
            <TableCell>
              <Value value={change.from} isName={change.change === 'removed'} change={change} />
            </TableCell>
            <TableCell>
              <Value value={change.to} isName={change.change === 'added'} change={change} />
            </TableCell>
          </TableRow>
        ))}
      </DataTable>
    </Box>
  );
}

function What({ change: { subject, change, key } }: { change: HistoryChange }) {
  const texts = useHistoryTexts().difference;
  const { Icon, color } = signs[change];
  return (
    <Box sx={{ display: 'flex', gap: 0.75, alignItems: 'flex-start' }}>
      <Icon titleAccess={texts.changes[change]} sx={{ fontSize: 16, color, flexShrink: 0, mt: '2px' }} />
      <Box sx={{ overflowWrap: 'anywhere' }}>
        {texts.subjects[subject]} {key !== undefined && <code>{key}</code>}
      </Box>
    </Box>
  );
}

/** A value as one reads it: a version of code by its number and archive, texts as they are, the rest as JSON. */
function Value({ value, isName, change }: { value: unknown; isName: boolean; change: HistoryChange }) {
  const texts = useHistoryTexts().difference;
  if (value === undefined) {
    // Names that come and go are their own value.
    return (
      <Typography component="span" variant="body2" color="textSecondary">
        {isName ? texts.there : change.subject === 'configuration' ? texts.default : '–'}
      </Typography>
    );
  }
  if (isCode(value)) {
    return (
      <Box sx={{ overflowWrap: 'anywhere' }}>
        <strong>{value.version}</strong> {value.name}
      </Box>
    );
  }
  return (
    <Box component="span" sx={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
      {typeof value === 'string' ? value : JSON.stringify(value)}
    </Box>
  );
}

function isCode(value: unknown): value is { version: string; name: string } {
  return typeof value === 'object' && value !== null && 'version' in value && 'name' in value;
}

function Files({ files }: { files: FileChanges }) {
  const { difference: texts, more } = useHistoryTexts();
  const all = [
    ...files.added.map((path) => ({ path, change: 'added' as const })),
    ...files.changed.map((path) => ({ path, change: 'changed' as const })),
    ...files.removed.map((path) => ({ path, change: 'removed' as const })),
  ];
  if (all.length === 0) return null;
  return (
    <Box component="details" sx={{ mt: 0.5, pl: 3, fontSize: '0.8125rem' }}>
      <summary>{texts.files(all.length)}</summary>
      <Box component="ul" sx={{ listStyle: 'none', m: 0, mt: 0.5, p: 0 }}>
        {all.slice(0, shownFiles).map(({ path, change }) => {
          const { Icon, color } = signs[change];
          return (
            <Box component="li" key={`${change} ${path}`} sx={{ display: 'flex', gap: 0.5, overflowWrap: 'anywhere' }}>
              <Icon titleAccess={texts.changes[change]} sx={{ fontSize: 14, color, flexShrink: 0, mt: '3px' }} />
              {path}
            </Box>
          );
        })}
        {all.length > shownFiles && <li>{more(all.length - shownFiles)}</li>}
      </Box>
    </Box>
  );
}
