/**
 * Where a director could not be set up or started: destroying it, with what is left of it. Where its end failed: giving up
 * what is on a cloud that is gone.
 */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useState } from 'react';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import { useDirectors } from '../stores/directors.ts';
import { DestroyDialog } from './destroy-dialog.tsx';
import { useDirectorTexts } from './texts.ts';

export function DestroyOffer({ ending = false }: { readonly ending?: boolean }) {
  const texts = useDirectorTexts().end;
  const [asking, setAsking] = useState(false);
  const { list, chosen } = useDirectors();
  const director = list.directors.find(({ id }) => id === chosen);
  // What is on this computer always goes.
  const leavable = useLoaded(() => hub.call('what_ends', {}), []).value?.leavable ?? [];
  if (!director || (ending && leavable.length === 0)) return null;
  return (
    <Box sx={{ mt: 2 }}>
      <Button color="error" onClick={() => setAsking(true)}>
        {ending ? texts.giveUp : texts.open}
      </Button>
      {asking && <DestroyDialog name={director.name} guest={false} onClose={() => setAsking(false)} />}
    </Box>
  );
}
