/** What of a service's files would change: counts, and the paths on demand. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import type { OfferDifference } from '../../main/hub/protocol.ts';
import { Preformatted } from '../components/preformatted.tsx';
import { useDeployTexts } from './texts.ts';

const mostShown = 300;

export function Difference({ difference }: { difference: OfferDifference }) {
  const texts = useDeployTexts().difference;
  const [open, setOpen] = useState(false);
  const { added, changed, removed, version } = difference;
  const lines = [
    ...changed.map((path) => `~ ${path}`),
    ...added.map((path) => `+ ${path}`),
    ...removed.map((path) => `− ${path}`),
  ];
  const more = lines.length - mostShown;
  return (
    <Box>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1 }}>
        <Typography variant="body2">
          {version === undefined
            ? texts.first(added.length)
            : texts.to(version, changed.length, added.length, removed.length)}
        </Typography>
        {lines.length > 0 && (
          <Button aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? texts.hide : texts.show}
          </Button>
        )}
      </Box>
      {open && (
        <Preformatted label={texts.files} maxHeight={200} sx={{ whiteSpace: 'pre' }}>
          {[...lines.slice(0, mostShown), ...(more > 0 ? [texts.more(more)] : [])].join('\n')}
        </Preformatted>
      )}
    </Box>
  );
}
