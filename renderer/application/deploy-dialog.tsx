/** A new version of a service's code: upload, check, live, or back to what was live before, because … */
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import FormControlLabel from '@mui/material/FormControlLabel';
import LinearProgress from '@mui/material/LinearProgress';
import Radio from '@mui/material/Radio';
import RadioGroup from '@mui/material/RadioGroup';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useEffect, useRef, useState } from 'react';
import type { Offer } from '../../main/hub/protocol.ts';
import type { ServiceInfo } from '../../remote/core/contract/application.ts';
import { FailureNotice } from '../components/failure-notice.tsx';
import { OperationSteps } from '../components/operation-steps.tsx';
import { sizeText } from '../components/time.ts';
import { useAction } from '../components/use-action.ts';
import { useOperation } from '../components/use-operation.ts';
import { hub } from '../hub/client.ts';

export interface DeployDialogProps {
  readonly application: string;
  readonly service: ServiceInfo;
  readonly offer: Offer;
  readonly onClose: () => void;
}

interface Uploaded {
  readonly version: string;
  readonly operation?: string | undefined;
}

export function DeployDialog({ application, service, offer, onClose }: DeployDialogProps) {
  const [description, setDescription] = useState('');
  const [activate, setActivate] = useState(true);
  const [uploaded, setUploaded] = useState<Uploaded>();
  const transfer = useRef(crypto.randomUUID());
  const abort = useRef<AbortController>(undefined);
  const sent = useTransfer(transfer.current);
  const upload = useAction(async () => {
    abort.current = new AbortController();
    const params = {
      application,
      service: service.name,
      ticket: offer.ticket,
      include: [],
      description,
      activate,
      transfer: transfer.current,
    };
    setUploaded(await hub.call('upload_code', params, abort.current.signal));
  });
  const close = () => {
    abort.current?.abort();
    onClose();
  };
  return (
    <Dialog open onClose={close} aria-labelledby="deploy-title">
      <DialogTitle id="deploy-title">Deploy to {service.name}</DialogTitle>
      <DialogContent>
        <Typography sx={{ fontWeight: 600, overflowWrap: 'anywhere' }}>
          {offer.name}
          {offer.kind === 'folder' ? '/' : ''}
          {offer.size !== undefined && (
            <Typography component="span" color="textSecondary" sx={{ ml: 1 }}>
              {sizeText(offer.size)}
            </Typography>
          )}
        </Typography>
        {!upload.busy && !uploaded && (
          <>
            <TextField
              label="What is new (optional)"
              fullWidth
              value={description}
              onChange={({ target }) => setDescription(target.value)}
              slotProps={{ htmlInput: { maxLength: 500 } }}
              sx={{ mt: 2 }}
            />
            <RadioGroup
              aria-label="When"
              value={activate ? 'now' : 'later'}
              onChange={(_event, value) => setActivate(value === 'now')}
              sx={{ mt: 1.5 }}
            >
              <FormControlLabel
                value="now"
                control={<Radio size="small" />}
                label="Deploy now: node by node, each checked; it goes back by itself if a check fails"
              />
              <FormControlLabel value="later" control={<Radio size="small" />} label="Upload only" />
            </RadioGroup>
          </>
        )}
        {upload.busy && <UploadProgress sent={sent?.sent} total={sent?.total} />}
        {upload.failure && (
          <Box sx={{ mt: 2 }}>
            <FailureNotice title="It was not uploaded" failure={upload.failure} onRetry={() => upload.run()} />
          </Box>
        )}
        {uploaded && <Outcome uploaded={uploaded} previous={service.code?.active} />}
      </DialogContent>
      <DialogActions>
        <Button color="secondary" onClick={close}>
          {uploaded ? 'Close' : 'Cancel'}
        </Button>
        {!uploaded && (
          <Button variant="contained" autoFocus disabled={upload.busy} onClick={() => upload.run()}>
            {activate ? 'Deploy' : 'Upload'}
          </Button>
        )}
      </DialogActions>
    </Dialog>
  );
}

function useTransfer(id: string): { sent: number; total: number } | undefined {
  const [progress, setProgress] = useState<{ sent: number; total: number }>();
  useEffect(
    () =>
      hub.onPush((push) => {
        if (push.push === 'transfer' && push.transfer.id === id) setProgress(push.transfer);
      }),
    [id],
  );
  return progress;
}

function UploadProgress({ sent = 0, total = 0 }: { sent?: number | undefined; total?: number | undefined }) {
  return (
    <Box sx={{ mt: 2 }}>
      <LinearProgress
        aria-label="Upload"
        variant={total > 0 ? 'determinate' : 'indeterminate'}
        value={total > 0 ? (sent / total) * 100 : 0}
      />
      <Typography variant="body2" color="textSecondary" sx={{ mt: 1 }}>
        {total > 0 ? `${sizeText(sent)} of ${sizeText(total)}` : 'Packing'}
      </Typography>
    </Box>
  );
}

function Outcome({ uploaded, previous }: { uploaded: Uploaded; previous: string | undefined }) {
  const operation = useOperation(uploaded.operation);
  if (uploaded.operation === undefined) {
    return (
      <Alert severity="success" variant="outlined" sx={{ mt: 2 }}>
        Uploaded as {uploaded.version}. It is not live.
      </Alert>
    );
  }
  return (
    <Box sx={{ mt: 2 }}>
      {operation && <OperationSteps operation={operation} titled={false} />}
      {operation?.state === 'done' && (
        <Alert severity="success" variant="outlined" sx={{ mt: 2 }} role="status">
          {uploaded.version} is live.
        </Alert>
      )}
      {operation?.state === 'failed' && previous !== undefined && (
        <Alert severity="info" variant="outlined" sx={{ mt: 2 }}>
          The application goes on with {previous}.
        </Alert>
      )}
    </Box>
  );
}
