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
import { type UpdateTexts, useUpdateTexts } from './texts/updates.ts';

/** undefined: not told yet. */
function useUpdateState(): UpdateState | undefined {
  const [state, setState] = useState<UpdateState>();
  useEffect(() => {
    void desktop.update('tell').then(setState);
    return desktop.onUpdate(setState);
  }, []);
  return state;
}

export function UpdatesSection() {
  const texts = useUpdateTexts();
  const state = useUpdateState();
  const channel = usePreferences((store) => store.updateChannel);
  if (!state) return null;
  return (
    <section>
      <Typography component="h2" variant="h2" sx={{ mb: 1 }}>
        {texts.title}
      </Typography>
      <Paper sx={{ px: 2, py: 1.5 }}>
        <Stack direction="row" sx={{ alignItems: 'center', gap: 2, minHeight: 32 }}>
          <Typography role="status" sx={{ flex: 1 }}>
            {sentence(state, texts)}
          </Typography>
          <UpdateButton state={state} />
        </Stack>
        {state.state === 'downloading' && (
          <LinearProgress
            variant="determinate"
            value={state.percent}
            aria-label={texts.downloading(state.version)}
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
            label={texts.beta}
          />
        )}
      </Paper>
    </section>
  );
}

function sentence(state: UpdateState, texts: UpdateTexts): string {
  switch (state.state) {
    case 'unsupported':
      return state.reason;
    case 'unknown':
      return texts.unknown;
    case 'looking':
      return texts.looking;
    case 'newest':
      return texts.newest;
    case 'offered':
      return texts.offered(state.version);
    case 'downloading':
      return texts.downloaded(state.version, state.percent);
    case 'ready':
      return texts.ready(state.version);
    case 'failed':
      return state.message;
  }
}

function UpdateButton({ state }: { state: UpdateState }) {
  const texts = useUpdateTexts();
  switch (state.state) {
    case 'unknown':
    case 'newest':
    case 'failed':
      return (
        <Button variant="outlined" onClick={() => void desktop.update('look')}>
          {state.state === 'failed' ? texts.again : texts.look}
        </Button>
      );
    case 'offered':
      return (
        <Button variant="contained" onClick={() => void desktop.update('download')}>
          {texts.download}
        </Button>
      );
    case 'ready':
      return (
        <Button variant="contained" onClick={() => void desktop.update('install')}>
          {texts.install}
        </Button>
      );
    case 'unsupported':
    case 'looking':
    case 'downloading':
      return null;
  }
}
