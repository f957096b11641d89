/** Where a director could not be started: making it anew from its newest backup, if there is one. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useState } from 'react';
import { timeText } from '../components/time.ts';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import { RestoreDialog } from './restore-dialog.tsx';
import { useSecurityTexts } from './texts.ts';

export function RestoreNewest() {
  const texts = useSecurityTexts().backups;
  const [asking, setAsking] = useState<'here' | 'volume'>();
  // Where they cannot be read, there is nothing to offer; why nothing works is said above.
  const { value } = useLoaded(() => hub.call('director_backups', {}), []);
  const [newest] = value?.backups ?? [];
  const isOnVolume = value?.elsewhere?.kind === 'volume';
  if (!value || (!newest && !isOnVolume)) return null;
  const chosen = asking === 'here' ? newest : undefined;
  return (
    <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1, mt: 2 }}>
      {isOnVolume && (
        <Button color="error" variant="outlined" onClick={() => setAsking('volume')}>
          {texts.restoreFromVolume}
        </Button>
      )}
      {newest && (
        <Button color="error" variant="outlined" onClick={() => setAsking('here')}>
          {texts.restoreNewest(timeText(newest.createdAt))}
        </Button>
      )}
      {asking && <RestoreDialog name={value.name} backup={chosen} onClose={() => setAsking(undefined)} />}
    </Box>
  );
}
