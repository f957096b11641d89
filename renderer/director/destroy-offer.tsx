/** Where a director could not be set up or started: destroying it, with what is left of it. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useState } from 'react';
import { useDirectors } from '../stores/directors.ts';
import { DestroyDialog } from './destroy-dialog.tsx';
import { useDirectorTexts } from './texts.ts';

export function DestroyOffer() {
  const texts = useDirectorTexts().end;
  const [asking, setAsking] = useState(false);
  const { list, chosen } = useDirectors();
  const director = list.directors.find(({ id }) => id === chosen);
  if (!director) return null;
  return (
    <Box sx={{ mt: 2 }}>
      <Button color="error" onClick={() => setAsking(true)}>
        {texts.open}
      </Button>
      {asking && <DestroyDialog name={director.name} guest={false} onClose={() => setAsking(false)} />}
    </Box>
  );
}
