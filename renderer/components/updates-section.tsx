/** Updates of this program, in the settings: how it stands, and the one thing that can be done about it. */
import Button from '@mui/material/Button';
import FormControlLabel from '@mui/material/FormControlLabel';
import LinearProgress from '@mui/material/LinearProgress';
import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import Switch from '@mui/material/Switch';
import Typography from '@mui/material/Typography';
import { useEffect, useState } from 'react';
import type { UpdateState } from '../../main/desktop.ts';
import { desktop } from '../hub/desktop.ts';
import { prefer, usePreferences } from '../stores/preferences.ts';

/** undefined: not told yet. */
export function useUpdateState(): UpdateState | undefined {
  const [state, setState] = useState<UpdateState>();
  useEffect(() => {
    void desktop.update('tell').then(setState);
    return desktop.onUpdate(setState);
  }, []);
  return state;
}

export function UpdatesSection() {
  const state = useUpdateState();
  const channel = usePreferences((store) => store.updateChannel);
  if (!state) return null;
  return (
    <section>
      <Typography component="h2" variant="h2" sx={{ mb: 1 }}>
        Updates
      </Typography>
      <Paper sx={{ px: 2, py: 1.5 }}>
        <Stack direction="row" sx={{ alignItems: 'center', gap: 2, minHeight: 32 }}>
          <Typography role="status" sx={{ flex: 1 }}>
            {sentence(state)}
          </Typography>
          <UpdateButton state={state} />
        </Stack>
        {state.state === 'downloading' && (
          <LinearProgress
            variant="determinate"
            value={state.percent}
            aria-label={`Downloading version ${state.version}`}
            sx={{ my: 1 }}
          />
        )}
        {state.state === 'offered' && state.notes && (
          <Typography variant="body2" color="textSecondary" sx={{ whiteSpace: 'pre-line', mt: 1 }}>
            {state.notes}
          </Typography>
        )}
        {state.state !== 'unsupported' && (
          <FormControlLabel
            control={
              <Switch
                size="small"
                checked={channel === 'beta'}
                onChange={(_event, on) => prefer({ updateChannel: on ? 'beta' : 'latest' })}
              />
            }
            label="Offer versions that are still being tried, too"
          />
        )}
      </Paper>
    </section>
  );
}

function sentence(state: UpdateState): string {
  switch (state.state) {
    case 'unsupported':
      return state.reason;
    case 'unknown':
      return 'Not looked for yet. Nothing is downloaded unless you say so.';
    case 'looking':
      return 'Looking …';
    case 'newest':
      return 'This is the newest version.';
    case 'offered':
      return `Version ${state.version} is there.`;
    case 'downloading':
      return `Downloading version ${state.version}: ${state.percent} %`;
    case 'ready':
      return `Version ${state.version} is downloaded and checked. Applications go on while it is installed.`;
    case 'failed':
      return state.message;
  }
}

function UpdateButton({ state }: { state: UpdateState }) {
  switch (state.state) {
    case 'unknown':
    case 'newest':
    case 'failed':
      return (
        <Button variant="outlined" onClick={() => void desktop.update('look')}>
          {state.state === 'failed' ? 'Try again' : 'Look for updates'}
        </Button>
      );
    case 'offered':
      return (
        <Button variant="contained" onClick={() => void desktop.update('download')}>
          Download
        </Button>
      );
    case 'ready':
      return (
        <Button variant="contained" onClick={() => void desktop.update('install')}>
          Restart and install
        </Button>
      );
    case 'unsupported':
    case 'looking':
    case 'downloading':
      return null;
  }
}
