/** History of an application: its versions, what differs between any two, and the way back. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import MenuItem from '@mui/material/MenuItem';
import Paper from '@mui/material/Paper';
import Skeleton from '@mui/material/Skeleton';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import type { HistoryEntry } from '../../remote/core/contract/history.ts';
import { useActions } from '../actions/use-actions.ts';
import type { ApplicationTabProps } from '../application/tabs.ts';
import { FailureNotice } from '../components/failure-notice.tsx';
import { Nothing } from '../components/nothing.tsx';
import { timeText } from '../components/time.ts';
import { useAction } from '../components/use-action.ts';
import { useOperations } from '../stores/operations.ts';
import { DifferenceView } from './difference-view.tsx';
import { returnToVersion } from './return.ts';
import { useHistoryTexts } from './texts.ts';
import { useHistory } from './use-history.ts';
import { VersionList } from './version-list.tsx';

export function HistoryTab({ application: { id, name } }: ApplicationTabProps) {
  const texts = useHistoryTexts();
  const { value: versions, failure, reload } = useHistory(id);
  if (failure && !versions) return <FailureNotice title={texts.failed} failure={failure} onRetry={reload} />;
  if (!versions) return <Skeleton variant="rounded" height={220} />;
  return (
    <>
      <Typography variant="body2" color="textSecondary" sx={{ mb: 2, maxWidth: 760 }}>
        {texts.about}
      </Typography>
      {versions.length === 0 ? (
        <Nothing>{texts.empty}</Nothing>
      ) : (
        <Versions application={id} name={name} versions={versions} />
      )}
    </>
  );
}

interface VersionsProps {
  readonly application: string;
  readonly name: string;
  readonly versions: readonly HistoryEntry[];
}

function Versions({ application, name, versions }: VersionsProps) {
  const texts = useHistoryTexts();
  const newest = versions[0];
  const [picked, setPicked] = useState<number>();
  const [compared, setCompared] = useState<number>();
  const chosen = versions.find(({ version }) => version === picked) ?? newest;
  if (!newest || !chosen) return null;
  const isNow = chosen.version === newest.version;
  const before = versions.find(({ version }) => version < chosen.version);
  // Of an old version one wants to know what returning would do; of the newest, what it has changed.
  const other = versions.find(({ version }) => version === compared) ?? (isNow ? before : newest);
  return (
    <Box
      sx={{
        display: 'grid',
        gridTemplateColumns: { xs: '1fr', md: '240px minmax(0, 1fr)', lg: '300px minmax(0, 1fr)' },
        gap: 3,
      }}
    >
      <VersionList
        versions={versions}
        chosen={chosen.version}
        onChoose={(version) => {
          setPicked(version);
          setCompared(undefined);
        }}
      />
      <Paper component="section" aria-labelledby="chosen-version" sx={{ p: 2, alignSelf: 'start' }}>
        <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1.5, alignItems: 'center', mb: 2 }}>
          <Box sx={{ flex: 1, minWidth: 200 }}>
            <Typography component="h2" variant="h2" id="chosen-version">
              {isNow ? texts.versionNow(chosen.version) : texts.version(chosen.version)}
            </Typography>
            <Typography variant="body2" color="textSecondary">
              {chosen.title} · {chosen.by} · {timeText(chosen.at)}
            </Typography>
          </Box>
          {other && (
            <TextField
              select
              value={String(other.version)}
              onChange={({ target }) => setCompared(Number(target.value))}
              slotProps={{
                select: {
                  MenuProps: { disablePortal: true },
                  SelectDisplayProps: { 'aria-label': texts.comparedWith },
                },
              }}
              sx={{ minWidth: 180 }}
            >
              {versions
                .filter(({ version }) => version !== chosen.version)
                .map(({ version }) => (
                  <MenuItem key={version} value={String(version)}>
                    {version === newest.version ? texts.comparedNow(version) : texts.compared(version)}
                  </MenuItem>
                ))}
            </TextField>
          )}
          {!isNow && (
            <ReturnButton
              application={application}
              name={name}
              version={chosen.version}
              now={newest.version}
              // What comes of it is shown: the newest version.
              onReturning={() => setPicked(undefined)}
            />
          )}
        </Box>
        {other ? (
          <DifferenceView
            application={application}
            from={other.version}
            to={chosen.version}
            returning={!isNow && other.version === newest.version}
          />
        ) : (
          <Typography color="textSecondary">{texts.first}</Typography>
        )}
      </Paper>
    </Box>
  );
}

interface ReturnButtonProps {
  readonly application: string;
  readonly name: string;
  readonly version: number;
  readonly now: number;
  readonly onReturning: () => void;
}

function ReturnButton({ application, name, version, now, onReturning }: ReturnButtonProps) {
  const texts = useHistoryTexts().return;
  const busy = useOperations(({ byId }) =>
    [...byId.values()].some(({ state, target }) => state === 'running' && target.application === application),
  );
  const back = useAction(async () => {
    await returnToVersion(application, version, now);
    onReturning();
  });
  useActions([
    {
      id: 'history.return',
      title: texts.action(name, version),
      command: `conpaas history return ${name} ${version}`,
      disabled: busy,
      run: () => back.run(),
    },
  ]);
  return (
    <>
      <Button variant="contained" disabled={back.busy || busy} onClick={() => back.run()}>
        {texts.button(version)}
      </Button>
      {back.failure && (
        <Box sx={{ flexBasis: '100%' }}>
          <FailureNotice title={texts.failed} failure={back.failure} onRetry={() => back.run()} />
        </Box>
      )}
    </>
  );
}
