/** The end of a director: what goes with it, confirmed by its name; the steps are the window's then. */
import Box from '@mui/material/Box';
import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormGroup from '@mui/material/FormGroup';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { type ReactNode, useState } from 'react';
import type { EndingFacts } from '../../main/hub/protocol.ts';
import { ConfirmByName } from '../components/confirm-by-name.tsx';
import { FailureNotice } from '../components/failure-notice.tsx';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import { type DirectorTexts, useDirectorTexts } from './texts.ts';

export interface DestroyDialogProps {
  /** Of the deployment. */
  readonly name: string;
  readonly guest: boolean;
  readonly onClose: () => void;
}

export function DestroyDialog({ name, guest, onClose }: DestroyDialogProps) {
  const texts = useDirectorTexts().dialog;
  const { value, failure, reload } = useLoaded(() => hub.call('what_ends', {}), []);
  const [leave, setLeave] = useState<readonly string[]>([]);
  return (
    <ConfirmByName
      title={guest ? texts.guestTitle(name) : texts.title(name)}
      text={guest ? texts.guestText : texts.text}
      name={name}
      action={guest ? texts.guestAction : texts.action}
      onConfirm={() => hub.call('destroy_director', { leave: [...leave] })}
      onClose={onClose}
    >
      {!guest && failure && <FailureNotice title={texts.failed} failure={failure} onRetry={reload} />}
      {!guest && !failure && (value ? <WhatEnds facts={value} /> : <Skeleton variant="rounded" height={120} />)}
      {value && value.leavable.length > 0 && <Leaving facts={value} leave={leave} onChange={setLeave} />}
    </ConfirmByName>
  );
}

function WhatEnds({ facts }: { readonly facts: EndingFacts }) {
  const texts = useDirectorTexts().dialog;
  const { applications, current } = facts;
  return (
    <Box>
      <Box
        component="ul"
        sx={{ m: 0, pl: 2.5, maxHeight: 220, overflowY: 'auto' }}
        tabIndex={0}
        aria-label={texts.text}
      >
        <Item>
          {texts.applications}
          <Box component="ul" sx={{ m: 0, pl: 2.5 }}>
            {applications.map((one) => (
              <Item key={one.name}>{texts.application(one.name, one.nodes)}</Item>
            ))}
            {applications.length === 0 && <Item>{texts.noApplications}</Item>}
          </Box>
        </Item>
        {others(facts, texts).map((text) => (
          <Item key={text}>{text}</Item>
        ))}
      </Box>
      {!current && (
        <Typography variant="body2" color="textSecondary" sx={{ mt: 1 }}>
          {texts.notCurrent}
        </Typography>
      )}
    </Box>
  );
}

interface LeavingProps {
  readonly facts: EndingFacts;
  readonly leave: readonly string[];
  readonly onChange: (leave: readonly string[]) => void;
}

/** What is on a cloud that is gone for good would hold up the rest for ever. */
function Leaving({ facts: { deployment, leavable }, leave, onChange }: LeavingProps) {
  const texts = useDirectorTexts().dialog.leaving;
  return (
    <Box component="fieldset" sx={{ m: 0, p: 0, border: 0, minWidth: 0 }}>
      <Typography component="legend" variant="body2" sx={{ p: 0, fontWeight: 600 }}>
        {texts.label}
      </Typography>
      <FormGroup>
        {leavable.map((name) => (
          <FormControlLabel
            key={name}
            label={texts.leave(name)}
            control={
              <Checkbox
                size="small"
                checked={leave.includes(name)}
                onChange={({ target }) =>
                  onChange(target.checked ? [...leave, name] : leave.filter((one) => one !== name))
                }
              />
            }
          />
        ))}
      </FormGroup>
      {leave.length > 0 && (
        <Typography variant="body2" color="warning" sx={{ overflowWrap: 'anywhere' }}>
          {texts.hint(`conpaas cloud sweep --abandoned ${deployment} --credential NAME`)}
        </Typography>
      )}
    </Box>
  );
}

function others({ cloud, backups, backupVolume }: EndingFacts, texts: DirectorTexts['dialog']): string[] {
  return [
    cloud === 'local' ? texts.here : texts.machines,
    ...(backups > 0 ? [texts.backups(backups)] : []),
    ...(backupVolume ? [texts.backupVolume] : []),
    texts.keys,
  ];
}

function Item({ children }: { readonly children: ReactNode }) {
  return (
    <Typography component="li" variant="body2" sx={{ overflowWrap: 'anywhere' }}>
      {children}
    </Typography>
  );
}
