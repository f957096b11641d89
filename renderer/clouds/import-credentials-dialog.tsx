/** What was found in the configuration files of other tools: each is taken over by a click, or it is said why not. */
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogContentText from '@mui/material/DialogContentText';
import DialogTitle from '@mui/material/DialogTitle';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import type { ProposalInfo } from '../../main/hub/protocol.ts';
import { FailureNotice } from '../components/failure-notice.tsx';
import { useAction } from '../components/use-action.ts';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import { say } from '../stores/notices.ts';
import { useCloudTexts } from './texts.ts';

export function ImportCredentialsDialog({ onTaken, onClose }: { onTaken: () => void; onClose: () => void }) {
  const texts = useCloudTexts().found;
  const found = useLoaded(() => hub.call('find_credentials', {}), []);
  return (
    <Dialog open onClose={onClose} aria-labelledby="import-credentials-title">
      <DialogTitle id="import-credentials-title">{texts.title}</DialogTitle>
      <DialogContent>
        <DialogContentText sx={{ mb: 2 }}>{texts.text}</DialogContentText>
        {found.failure && <FailureNotice failure={found.failure} onRetry={found.reload} />}
        {!found.value && !found.failure && <Skeleton variant="rounded" height={80} />}
        {found.value?.length === 0 && <Alert severity="info">{texts.none}</Alert>}
        <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
          {found.value?.map((proposal) => (
            <Proposal key={proposal.id} proposal={proposal} onTaken={onTaken} />
          ))}
        </Box>
      </DialogContent>
      <DialogActions>
        <Button color="secondary" onClick={onClose}>
          {texts.close}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function Proposal({ proposal, onTaken }: { proposal: ProposalInfo; onTaken: () => void }) {
  const { found: texts, credential } = useCloudTexts();
  const { id, name, from, kind, notes, unsupported } = proposal;
  const take = useAction(async () => {
    await hub.call('take_credential', { id, name });
    say(texts.added(name));
    onTaken();
  });
  return (
    <Box component="li" sx={{ py: 1.25, borderTop: 1, borderColor: 'divider' }}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1.5 }}>
        <Box sx={{ flex: 1, minWidth: 0 }}>
          <Typography variant="body2" sx={{ fontWeight: 600 }}>
            {name}
          </Typography>
          <Typography variant="body2" color="textSecondary">
            {[texts.from(kind, from), ...notes].join(' · ')}
          </Typography>
        </Box>
        {unsupported === undefined && (
          <Button variant="outlined" disabled={take.busy} onClick={() => take.run()}>
            {take.busy ? credential.checking : credential.checkAndAdd}
          </Button>
        )}
      </Box>
      {unsupported !== undefined && (
        <Typography variant="body2" color="textSecondary" sx={{ mt: 0.5 }}>
          {texts.unsupported(unsupported)}
        </Typography>
      )}
      {take.failure && <FailureNotice failure={take.failure} sx={{ mt: 1 }} />}
    </Box>
  );
}
