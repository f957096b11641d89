/** Dumps: one loaded from this computer, one taken to a file. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import LinearProgress from '@mui/material/LinearProgress';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import type { Offer } from '../../../main/hub/protocol.ts';
import { useActions } from '../../actions/use-actions.ts';
import { DropZone } from '../../components/drop-zone.tsx';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { OperationSteps } from '../../components/operation-steps.tsx';
import { Section } from '../../components/section.tsx';
import { sizeText } from '../../components/time.ts';
import { useOperation } from '../../components/use-operation.ts';
import { useUpload } from '../../deploy/use-upload.ts';
import { hub } from '../../hub/client.ts';
import { desktop } from '../../hub/desktop.ts';
import { say } from '../../stores/notices.ts';
import type { ServiceTabProps } from '../tabs.ts';
import { useMysqlTexts } from './texts.ts';

export function DumpSection({ application, service }: ServiceTabProps) {
  const { dumps: texts, cancel } = useMysqlTexts();
  const [offer, setOffer] = useState<Offer>();
  const [gzip, setGzip] = useState(true);
  const load = useUpload((transfer, signal) => {
    if (!offer) throw new Error('no dump is chosen');
    const params = { service: service.name };
    const call = { application: application.id, method: 'load_dump', params, ticket: offer.ticket, transfer };
    return hub.call('upload', call, signal) as Promise<{ readonly operation: string }>;
  });
  const take = useUpload(async (transfer, signal) => {
    const [target] = await desktop.chooseTarget(`${service.name}.sql${gzip ? '.gz' : ''}`);
    if (!target) return undefined;
    const params = { service: service.name, gzip };
    const call = { application: application.id, method: 'dump', params, ticket: target.ticket, transfer };
    const { bytes } = await hub.call('download', call, signal);
    say(texts.fileSaved(target.name, sizeText(bytes)));
    return bytes;
  });
  const operation = useOperation(load.result?.operation);
  const choose = async () => {
    const [first] = await desktop.chooseFiles('dump');
    if (first) setOffer(first);
  };
  useActions([
    { id: 'dump.load', title: texts.loadAction(service.name), disabled: load.state === 'busy', run: choose },
    {
      id: 'dump.take',
      title: texts.takeAction(service.name),
      disabled: take.state === 'busy',
      run: () => take.start(),
    },
  ]);
  return (
    <Section title={texts.title} text={texts.text}>
      <Paper sx={{ p: 2, display: 'flex', flexDirection: 'column', gap: 2 }}>
        <DropZone
          compact
          label={texts.drop}
          onDrop={({ offers: [first] }) => {
            if (first?.kind === 'file') setOffer(first);
            else say(texts.wrong, { level: 'warning' });
          }}
        >
          <Button variant="outlined" onClick={() => void choose()}>
            {texts.load}
          </Button>
        </DropZone>
        {offer && load.state !== 'busy' && operation?.state !== 'running' && (
          <Box sx={{ display: 'flex', alignItems: 'center', flexWrap: 'wrap', gap: 1 }}>
            <Typography sx={{ overflowWrap: 'anywhere' }}>
              {offer.name}
              {offer.size === undefined ? '' : ` · ${sizeText(offer.size)}`}
            </Typography>
            <Typography variant="body2" color="textSecondary">
              {texts.replaced}
            </Typography>
            <Box sx={{ ml: 'auto', display: 'flex', gap: 1 }}>
              <Button variant="contained" autoFocus onClick={() => load.start()}>
                {texts.loadInto(service.name)}
              </Button>
              <Button color="secondary" onClick={() => setOffer(undefined)}>
                {cancel}
              </Button>
            </Box>
          </Box>
        )}
        {load.state === 'busy' && (
          <Transfer
            label={texts.uploaded}
            sizeOf={texts.uploadedSize}
            partOf={texts.uploadedOf}
            {...load.transferred}
            onCancel={load.cancel}
          />
        )}
        {load.failure && <FailureNotice title={texts.notLoaded} failure={load.failure} onRetry={() => load.start()} />}
        {operation && <OperationSteps operation={operation} />}
        <Box sx={{ display: 'flex', alignItems: 'center', flexWrap: 'wrap', gap: 1 }}>
          <Button variant="outlined" disabled={take.state === 'busy'} onClick={() => take.start()}>
            {texts.take}
          </Button>
          <FormControlLabel
            control={<Checkbox size="small" checked={gzip} onChange={(_event, checked) => setGzip(checked)} />}
            label={texts.packed}
          />
        </Box>
        {take.state === 'busy' && (
          <Transfer
            label={texts.saved}
            sizeOf={texts.savedSize}
            partOf={texts.savedOf}
            {...take.transferred}
            onCancel={take.cancel}
          />
        )}
        {take.failure && <FailureNotice title={texts.notTaken} failure={take.failure} />}
      </Paper>
    </Section>
  );
}

interface TransferProps {
  readonly label: string;
  /** Says how much was sent so far, and of how much where that is known. */
  readonly sizeOf: (sent: string) => string;
  readonly partOf: (sent: string, total: string) => string;
  readonly sent?: number;
  readonly total?: number;
  readonly rate?: number | undefined;
  readonly onCancel: () => void;
}

function Transfer({ label, sizeOf, partOf, sent = 0, total = 0, rate, onCancel }: TransferProps) {
  const { cancel, figures } = useMysqlTexts();
  const sentText = sizeText(sent);
  const facts = [
    total > 0 ? partOf(sentText, sizeText(total)) : sizeOf(sentText),
    ...(rate === undefined ? [] : [figures.rate(sizeText(rate))]),
  ];
  return (
    <Box>
      <LinearProgress
        aria-label={label}
        variant={total > 0 ? 'determinate' : 'indeterminate'}
        value={total > 0 ? (sent / total) * 100 : 0}
      />
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1 }}>
        <Typography variant="body2" role="status">
          {facts.join(' · ')}
        </Typography>
        <Button color="secondary" onClick={onCancel}>
          {cancel}
        </Button>
      </Box>
    </Box>
  );
}
