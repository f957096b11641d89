/** A newer version of the director can be installed, is being installed, or could not be: quietly above every page. */
import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import { useState } from 'react';
import type { UpgradeFacts } from '../../main/hub/protocol.ts';
import { useUpgradeTexts } from './texts.ts';
import { UpgradeDialog } from './upgrade-dialog.tsx';
import { useVersions } from './use-versions.ts';

export function UpgradeBanner() {
  const texts = useUpgradeTexts();
  const [open, setOpen] = useState(false);
  const { value, begun } = useVersions();
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
      {open && <UpgradeDialog facts={value} onBegun={begun} onClose={() => setOpen(false)} />}
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
