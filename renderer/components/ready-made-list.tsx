/** The ready-made applications that come with the program. */
import ChevronRight from '@mui/icons-material/ChevronRight';
import Box from '@mui/material/Box';
import ListItemButton from '@mui/material/ListItemButton';
import Paper from '@mui/material/Paper';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { hub } from '../hub/client.ts';
import { offerManifest } from '../stores/draft.ts';
import { go } from '../stores/route.ts';
import { FailureNotice } from './failure-notice.tsx';
import { useComponentTexts } from './texts/common.ts';
import { useLoaded } from './use-loaded.ts';

export function ReadyMadeList() {
  const texts = useComponentTexts().readyMade;
  const { value, failure, reload } = useLoaded(() => hub.call('list_ready_made', {}), []);
  if (failure) return <FailureNotice title={texts.failed} failure={failure} onRetry={reload} />;
  if (!value) return <Skeleton variant="rounded" height={168} />;
  return (
    <Paper component="ul" aria-label={texts.label} sx={{ listStyle: 'none', m: 0, p: 0, overflow: 'hidden' }}>
      {value.map(({ id, name, description, services }) => (
        <Box component="li" key={id} sx={{ '& + &': { borderTop: 1, borderColor: 'divider' } }}>
          <ListItemButton
            onClick={() => {
              offerManifest({ from: 'ready_made', id }, name);
              go({ page: 'new' });
            }}
            sx={{ gap: 2, py: 1.5 }}
          >
            <Box sx={{ flex: 1, minWidth: 0 }}>
              <Typography sx={{ fontWeight: 600 }}>{name}</Typography>
              <Typography variant="body2" color="textSecondary">
                {description}
              </Typography>
            </Box>
            <Typography variant="body2" color="textSecondary">
              {services.join(' + ')}
            </Typography>
            <ChevronRight aria-hidden sx={{ color: 'text.secondary' }} />
          </ListItemButton>
        </Box>
      ))}
    </Paper>
  );
}
