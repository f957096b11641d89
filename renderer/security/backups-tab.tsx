/** Backups of the director on this computer: whether they are well, taking one now, and making the director anew from one. */
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Skeleton from '@mui/material/Skeleton';
import TableCell from '@mui/material/TableCell';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import type { BackupFacts, BackupsFacts } from '../../main/hub/protocol.ts';
import { actionsColumn, DataTable } from '../components/data-table.tsx';
import { FailureNotice } from '../components/failure-notice.tsx';
import { PageHealth } from '../components/page-health.tsx';
import { exactTimeText, sizeText } from '../components/time.ts';
import { useAction } from '../components/use-action.ts';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import { say } from '../stores/notices.ts';
import { Elsewhere } from './backups-elsewhere.tsx';
import { RestoreDialog } from './restore-dialog.tsx';
import { useSecurityTexts } from './texts.ts';

/** Automatic ones come while the tab is looked at, ms. */
const everyMs = 10_000;

export function BackupsTab() {
  const texts = useSecurityTexts().backups;
  const loaded = useLoaded(() => hub.call('director_backups', {}), [], everyMs);
  const [restoring, setRestoring] = useState<BackupFacts>();
  const { value, failure, reload } = loaded;
  const backUp = useAction(async () => {
    await hub.call('back_up_director', {});
    say(texts.taken);
    reload();
  });
  if (!value) {
    return failure ? (
      <FailureNotice title={texts.failed} failure={failure} onRetry={reload} />
    ) : (
      <Skeleton variant="rounded" height={260} />
    );
  }
  if (!value.holdsRoot) return <Typography color="textSecondary">{texts.guest}</Typography>;
  const busy = backUp.busy || value.underWay;
  return (
    <Box component="section" sx={{ display: 'flex', flexDirection: 'column', gap: 1.5 }}>
      <Typography component="h2" variant="h2">
        {texts.heading}
      </Typography>
      <Typography variant="body2" color="textSecondary" sx={{ maxWidth: 680 }}>
        {texts.intro} {texts.every(value.everyMinutes)}
      </Typography>
      <Health backups={value} busy={busy} />
      {backUp.failure ? (
        <FailureNotice title={texts.nowFailed} failure={backUp.failure} onRetry={() => backUp.run()} />
      ) : (
        value.failure &&
        !busy && <FailureNotice title={texts.attemptFailed} failure={value.failure} onRetry={() => backUp.run()} />
      )}
      <Box>
        <Button variant="outlined" disabled={busy} onClick={() => backUp.run()}>
          {texts.now}
        </Button>
      </Box>
      {value.backups.length > 0 && <List value={value} onRestore={setRestoring} />}
      {value.damaged.length > 0 && (
        <Alert severity="warning" variant="outlined">
          <Typography sx={{ fontWeight: 600, fontSize: 'inherit' }}>{texts.unusable(value.damaged.length)}</Typography>
          {value.damaged.map(({ file, why }) => (
            <Box key={file} sx={{ overflowWrap: 'anywhere' }}>
              {why}
            </Box>
          ))}
          <Box sx={{ mt: 0.5 }}>{texts.unusableDo}</Box>
        </Alert>
      )}
      <Elsewhere value={value} onChanged={reload} />
      {restoring && <RestoreDialog name={value.name} backup={restoring} onClose={() => setRestoring(undefined)} />}
    </Box>
  );
}

function Health({ backups: { backups, elsewhere }, busy }: { backups: BackupsFacts; busy: boolean }) {
  const texts = useSecurityTexts().backups;
  const [newest] = backups;
  const onVolume = elsewhere?.copies?.newest;
  if (busy) return <PageHealth level="busy" label={texts.heading} text={texts.underWay} />;
  if (!newest && onVolume !== undefined) {
    return <PageHealth level="good" label={texts.heading} text={texts.goodOnVolume(exactTimeText(onVolume))} />;
  }
  if (!newest) return <PageHealth level="warning" label={texts.heading} text={texts.none} why={texts.noneWhy} />;
  const text = texts.good(exactTimeText(newest.createdAt), sizeText(newest.size));
  return <PageHealth level="good" label={texts.heading} text={text} />;
}

function List({ value, onRestore }: { value: BackupsFacts; onRestore: (backup: BackupFacts) => void }) {
  const texts = useSecurityTexts().backups;
  const { columns } = texts;
  return (
    <Box>
      <DataTable label={texts.heading} columns={[columns.time, columns.applications, columns.size, actionsColumn]}>
        {value.backups.map((backup) => {
          const time = exactTimeText(backup.createdAt);
          return (
            <TableRow key={backup.id}>
              <TableCell component="th" scope="row">
                {time}
              </TableCell>
              <TableCell sx={{ overflowWrap: 'anywhere' }}>
                {backup.applications.join(', ') || texts.noApplications}
              </TableCell>
              <TableCell>{sizeText(backup.size)}</TableCell>
              <TableCell align="right">
                <Button color="error" aria-label={texts.restoreFrom(time)} onClick={() => onRestore(backup)}>
                  {texts.restore}
                </Button>
              </TableCell>
            </TableRow>
          );
        })}
      </DataTable>
      <Typography variant="body2" color="textSecondary" sx={{ mt: 1 }}>
        {texts.total(value.backups.length, sizeText(value.bytes))}
      </Typography>
    </Box>
  );
}
