/** What log lines that were read take on this computer, and may take. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { FailureNotice } from '../components/failure-notice.tsx';
import { sizeText } from '../components/time.ts';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import { CapDialog } from '../logs/cap-dialog.tsx';
import { useSettingsTexts } from './texts.ts';

const everyMs = 5_000;

export function LogSpace() {
  const texts = useSettingsTexts();
  const spool = useLoaded(() => hub.call('log_spool', {}), [], everyMs);
  const [changing, setChanging] = useState(false);
  const { value } = spool;
  return (
    <>
      <Paper sx={{ px: 2, py: 1.5, display: 'flex', alignItems: 'center', gap: 2 }}>
        <Box sx={{ flex: 1, minWidth: 0 }}>
          <Typography sx={{ fontVariantNumeric: 'tabular-nums' }}>
            {value && texts.logSpace(sizeText(value.bytes), sizeText(value.capBytes))}
          </Typography>
          <Typography variant="body2" color="textSecondary">
            {texts.logSpaceText}
          </Typography>
        </Box>
        <Button variant="outlined" disabled={!value} onClick={() => setChanging(true)}>
          {texts.logSpaceChange}
        </Button>
      </Paper>
      {spool.failure && (
        <FailureNotice title={texts.logSpaceFailed} failure={spool.failure} onRetry={spool.reload} sx={{ mt: 1 }} />
      )}
      {changing && value && (
        <CapDialog
          capBytes={value.capBytes}
          onClose={() => {
            setChanging(false);
            spool.reload();
          }}
        />
      )}
    </>
  );
}
