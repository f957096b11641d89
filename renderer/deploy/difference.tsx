/** What of a service's files would change: counts, and the paths on demand. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import type { OfferDifference } from '../../main/hub/protocol.ts';
import { Preformatted } from '../components/preformatted.tsx';

const mostShown = 300;

/** `3 changed, 1 new, 2 removed`; `no file differs`. Pure. */
export function differenceText({ added, changed, removed }: OfferDifference): string {
  const parts = [
    changed.length > 0 ? `${changed.length} changed` : '',
    added.length > 0 ? `${added.length} new` : '',
    removed.length > 0 ? `${removed.length} removed` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'no file differs' : parts.join(', ');
}

export function Difference({ difference }: { difference: OfferDifference }) {
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
            ? `The first version: ${added.length} new`
            : `Difference to ${version}: ${differenceText(difference)}`}
        </Typography>
        {lines.length > 0 && (
          <Button aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? 'Hide' : 'Show'}
          </Button>
        )}
      </Box>
      {open && (
        <Preformatted label="Files that differ" maxHeight={200} sx={{ whiteSpace: 'pre' }}>
          {[...lines.slice(0, mostShown), ...(more > 0 ? [`… and ${more} more`] : [])].join('\n')}
        </Preformatted>
      )}
    </Box>
  );
}
