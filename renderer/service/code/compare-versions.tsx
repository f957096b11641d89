/** The files in which two versions differ. */
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import MenuItem from '@mui/material/MenuItem';
import Skeleton from '@mui/material/Skeleton';
import TextField from '@mui/material/TextField';
import { useState } from 'react';
import type { CodeVersion } from '../../../remote/core/contract/application.ts';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { useLoaded } from '../../components/use-loaded.ts';
import { Difference } from '../../deploy/difference.tsx';
import { hub } from '../../hub/client.ts';
import { useCodeTexts } from './texts.ts';

export interface CompareVersionsProps {
  readonly application: string;
  readonly service: string;
  readonly version: CodeVersion;
  /** Newest first. */
  readonly versions: readonly CodeVersion[];
  readonly onClose: () => void;
}

export function CompareVersions({ application, service, version, versions, onClose }: CompareVersionsProps) {
  const texts = useCodeTexts();
  const others = versions.filter(({ id }) => id !== version.id);
  const older = versions[versions.findIndex(({ id }) => id === version.id) + 1];
  const [from, setFrom] = useState(others.find(({ active }) => active)?.id ?? older?.id ?? others[0]?.id ?? '');
  const { value, failure, reload } = useLoaded(
    () => hub.manager(application, 'diff_code_versions', { service, from, to: version.id }),
    [application, service, from, version.id],
  );
  return (
    <Dialog open onClose={onClose} aria-labelledby="compare-title">
      <DialogTitle id="compare-title">{texts.compare.title(version.id)}</DialogTitle>
      <DialogContent sx={{ display: 'flex', flexDirection: 'column', gap: 2 }}>
        <TextField
          select
          label={texts.compare.with}
          value={from}
          onChange={({ target }) => setFrom(target.value)}
          sx={{ mt: 1 }}
        >
          {others.map(({ id, description, name, active }) => (
            <MenuItem key={id} value={id}>
              {[id, description || name, ...(active ? [texts.table.live] : [])].join(' · ')}
            </MenuItem>
          ))}
        </TextField>
        {failure && <FailureNotice failure={failure} onRetry={reload} />}
        {!value && !failure && <Skeleton width={220} />}
        {value && <Difference difference={{ ...value, version: from }} />}
      </DialogContent>
      <DialogActions>
        <Button color="secondary" autoFocus onClick={onClose}>
          {texts.compare.close}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
