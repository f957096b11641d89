/** The end of a director: what goes with it, confirmed by its name; the steps are the window's then. */
import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
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
  return (
    <ConfirmByName
      title={guest ? texts.guestTitle(name) : texts.title(name)}
      text={guest ? texts.guestText : texts.text}
      name={name}
      action={guest ? texts.guestAction : texts.action}
      onConfirm={() => hub.call('destroy_director', {})}
      onClose={onClose}
    >
      {!guest && failure && <FailureNotice title={texts.failed} failure={failure} onRetry={reload} />}
      {!guest && !failure && (value ? <WhatEnds facts={value} /> : <Skeleton variant="rounded" height={120} />)}
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
