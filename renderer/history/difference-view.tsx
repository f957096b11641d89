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
import type { FileChanges, HistoryChange, HistorySubject } from '../../remote/core/contract/history.ts';
import { DataTable } from '../components/data-table.tsx';
import { FailureNotice } from '../components/failure-notice.tsx';
import { countText } from '../components/time.ts';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';

const subjects: Readonly<Record<HistorySubject, string>> = {
  description: 'Description',
  service: 'Service',
  code: 'Code',
  configuration: 'Configuration',
  environment: 'Variable',
  secret: 'Secret',
  need: 'Needs',
  domain: 'Domain',
  cloud: 'Cloud',
  health_check: 'Health check',
  startup_script: 'Startup script',
  password: 'Password secret',
};

const looks = {
  added: { Icon: Add, word: 'added', color: 'success.main' },
  changed: { Icon: Edit, word: 'changed', color: 'warning.main' },
  removed: { Icon: Remove, word: 'removed', color: 'error.main' },
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
  const { value, failure, reload } = useLoaded(
    () => hub.director('diff_history', { application, from, to }),
    [application, from, to],
  );
  if (failure) return <FailureNotice title="The difference could not be read" failure={failure} onRetry={reload} />;
  if (!value || value.from !== from || value.to !== to) return <Skeleton variant="rounded" height={120} />;
  const services = [...new Set(value.changes.map(({ service }) => service))];
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', gap: 2 }}>
      {value.changes.length === 0 && <Typography color="textSecondary">They are the same.</Typography>}
      {services.map((service) => (
        <Changes
          key={service ?? ''}
          title={service ?? 'Application'}
          from={from}
          to={to}
          changes={value.changes.filter((change) => change.service === service)}
        />
      ))}
      {returning && value.missingSecrets.length > 0 && (
        <Alert severity="warning" variant="outlined">
          {value.missingSecrets.join(', ')} {value.missingSecrets.length === 1 ? 'has' : 'have'} no value now. Set it
          before you return, or what needs it may fail its check.
        </Alert>
      )}
      {returning && value.kept.length > 0 && (
        <Alert severity="info" variant="outlined">
          {value.kept.join(', ')} came later and {value.kept.length === 1 ? 'stays' : 'stay'}: removing a service would
          delete its data.
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
  return (
    <Box>
      <Typography component="h3" variant="h3" sx={{ mb: 0.5 }}>
        {title}
      </Typography>
      <DataTable
        bare
        label={`Differences in ${title}`}
        columns={[{ title: 'What', width: '42%' }, `Version ${from}`, `Version ${to}`]}
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
  const { Icon, word, color } = looks[change];
  return (
    <Box sx={{ display: 'flex', gap: 0.75, alignItems: 'flex-start' }}>
      <Icon titleAccess={word} sx={{ fontSize: 16, color, flexShrink: 0, mt: '2px' }} />
      <Box sx={{ overflowWrap: 'anywhere' }}>
        {subjects[subject]} {key !== undefined && <code>{key}</code>}
      </Box>
    </Box>
  );
}

/** A value as one reads it: a version of code by its number and archive, texts as they are, the rest as JSON. */
function Value({ value, isName, change }: { value: unknown; isName: boolean; change: HistoryChange }) {
  if (value === undefined) {
    // Names that come and go are their own value.
    return (
      <Typography component="span" variant="body2" color="textSecondary">
        {isName ? 'there' : change.subject === 'configuration' ? 'default' : '–'}
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
  const all = [
    ...files.added.map((path) => ({ path, change: 'added' as const })),
    ...files.changed.map((path) => ({ path, change: 'changed' as const })),
    ...files.removed.map((path) => ({ path, change: 'removed' as const })),
  ];
  if (all.length === 0) return null;
  return (
    <Box component="details" sx={{ mt: 0.5, pl: 3, fontSize: '0.8125rem' }}>
      <summary>{countText(all.length, 'file')}</summary>
      <Box component="ul" sx={{ listStyle: 'none', m: 0, mt: 0.5, p: 0 }}>
        {all.slice(0, shownFiles).map(({ path, change }) => {
          const { Icon, word, color } = looks[change];
          return (
            <Box component="li" key={`${change} ${path}`} sx={{ display: 'flex', gap: 0.5, overflowWrap: 'anywhere' }}>
              <Icon titleAccess={word} sx={{ fontSize: 14, color, flexShrink: 0, mt: '3px' }} />
              {path}
            </Box>
          );
        })}
        {all.length > shownFiles && <li>and {all.length - shownFiles} more</li>}
      </Box>
    </Box>
  );
}
