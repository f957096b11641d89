/** A newer version of the director can be installed, is being installed, or could not be: quietly above every page. */
import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import { useEffect, useState } from 'react';
import type { UpgradeFacts } from '../../main/hub/protocol.ts';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import { useUpgradeTexts } from './texts.ts';
import { UpgradeDialog } from './upgrade-dialog.tsx';

/** While nothing happens, and while it does, ms. */
const quietMs = 300_000;
const busyMs = 1000;

export function UpgradeBanner() {
  const texts = useUpgradeTexts();
  const [busy, setBusy] = useState(false);
  const [open, setOpen] = useState(false);
  const { value, reload } = useLoaded(() => hub.call('director_versions', {}), [], busy ? busyMs : quietMs);
  const underWay = value?.operation?.state === 'running';
  useEffect(() => setBusy(underWay), [underWay]);
  const notice = value && noticeOf(value);
  if (!value || (!notice && !open)) return null;
  return (
    <>
      {notice && (
        <Alert
          severity={notice === 'failed' ? 'warning' : 'info'}
          role="status"
          action={
            <Button color="inherit" onClick={() => setOpen(true)}>
              {texts.open}
            </Button>
          }
          sx={{ borderRadius: 0, borderBottom: 1, borderColor: 'divider' }}
        >
          {texts[notice]}
        </Alert>
      )}
      {open && (
        <UpgradeDialog
          facts={value}
          onBegun={() => {
            setBusy(true);
            reload();
          }}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}

/** What is said; undefined: nothing is worth it. */
function noticeOf(facts: UpgradeFacts): 'underWay' | 'failed' | 'available' | 'behind' | undefined {
  const { operation, state, director, own, mayUpgrade } = facts;
  if (!mayUpgrade) return undefined;
  if (operation?.state === 'running') return 'underWay';
  if (state !== 'available') return undefined;
  if (operation?.state === 'failed') return 'failed';
  return director.release === own?.id ? 'behind' : 'available';
}
