/** A manifest dropped anywhere in the window starts a new application; what a page takes itself never gets here. */
import Box from '@mui/material/Box';
import type { ReactNode } from 'react';
import { failureOf } from '../hub/client.ts';
import { offerManifest } from '../stores/draft.ts';
import { editManifest } from '../stores/edit.ts';
import { say } from '../stores/notices.ts';
import { go } from '../stores/route.ts';
import { type Dropped, useDrop } from './drop-zone.tsx';
import { componentTexts } from './texts/common.ts';

export function DropAnywhere({ children }: { children: ReactNode }) {
  const { over, handlers } = useDrop((dropped) => void takeManifest(dropped));
  return (
    <Box
      {...handlers}
      sx={{ height: '100%', outline: over ? '3px solid' : 'none', outlineColor: 'primary.main', outlineOffset: '-3px' }}
    >
      {children}
    </Box>
  );
}

/** Shows the plan of a dropped manifest; one that is called `.conpaas` opens in the editor. */
export async function takeManifest({ offers, files }: Dropped): Promise<void> {
  const named = offers.find(({ kind, name }) => kind === 'file' && name.toLowerCase().endsWith('.conpaas'));
  if (named) {
    await editManifest({ from: 'ticket', ticket: named.ticket }).catch((thrown: unknown) =>
      say(failureOf(thrown).message, { level: 'alert' }),
    );
    return;
  }
  const offer = offers.find(({ kind, name }) => kind === 'file' && name.toLowerCase().endsWith('.json'));
  const file = files.find(({ name }) => name.toLowerCase().endsWith('.json'));
  if (offer) offerManifest({ from: 'ticket', ticket: offer.ticket }, offer.name);
  else if (file) offerManifest({ from: 'text', text: await file.text() }, file.name);
  else {
    say(componentTexts().drop.wrong, { level: 'warning' });
    return;
  }
  go({ page: 'new' });
}
