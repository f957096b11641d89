/** From the first byte to "live", or to "went back to …, because …". */
import CheckCircle from '@mui/icons-material/CheckCircle';
import Undo from '@mui/icons-material/Undo';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import LinearProgress from '@mui/material/LinearProgress';
import Typography from '@mui/material/Typography';
import type { HubResults } from '../../main/hub/protocol.ts';
import type { Operation } from '../../remote/core/contract/operation.ts';
import { FailureNotice } from '../components/failure-notice.tsx';
import { Preformatted } from '../components/preformatted.tsx';
import { durationText, sizeText } from '../components/time.ts';
import { useAction } from '../components/use-action.ts';
import { useNow } from '../components/use-now.ts';
import { hub } from '../hub/client.ts';
import { say } from '../stores/notices.ts';
import { SwitchingNodes } from './switching-nodes.tsx';
import type { Upload } from './use-upload.ts';

export interface DeployProgressProps {
  readonly application: string;
  readonly service: string;
  readonly upload: Upload<HubResults['upload_code']>;
  /** Undefined until it is known, or where it is only uploaded. */
  readonly operation: Operation | undefined;
  /** The version that was live before. */
  readonly before: string | undefined;
  readonly onRolledBack: () => void;
}

export function DeployProgress(props: DeployProgressProps) {
  const { upload, operation } = props;
  const { transferred, result } = upload;
  if (upload.state === 'busy') {
    const { sent = 0, total = 0, rate } = transferred ?? {};
    const whole = total > 0 && sent >= total;
    return (
      <Box>
        <LinearProgress
          aria-label="Upload"
          variant={total > 0 && !whole ? 'determinate' : 'indeterminate'}
          value={total > 0 ? (sent / total) * 100 : 0}
        />
        <Typography variant="body2" role="status" sx={{ mt: 1 }}>
          {total === 0
            ? 'Packing …'
            : whole
              ? `Uploaded ${sizeText(total)}, checking it …`
              : `${sizeText(sent)} of ${sizeText(total)}${rate === undefined ? '' : ` · ${sizeText(rate)}/s`}`}
        </Typography>
      </Box>
    );
  }
  if (!result) return null;
  const facts =
    transferred === undefined
      ? 'uploaded'
      : `${sizeText(transferred.total)} uploaded${transferred.rate === undefined ? '' : `, ${sizeText(transferred.rate)}/s`}`;
  return (
    <Box>
      <Typography variant="body2" color="textSecondary">
        {result.version} · {facts}
      </Typography>
      {result.operation === undefined ? (
        <Good text={`${result.version} is uploaded. Make it live when you like, under Code.`} />
      ) : (
        operation && <Activation {...props} operation={operation} version={result.version} />
      )}
    </Box>
  );
}

function Activation({
  application,
  service,
  operation,
  version,
  before,
  onRolledBack,
}: DeployProgressProps & { readonly operation: Operation; readonly version: string }) {
  const running = operation.state === 'running';
  const now = useNow(running ? 200 : undefined);
  const took = durationText((operation.endedAt ?? now) - operation.startedAt);
  const rollBack = useAction(async () => {
    await hub.manager(application, 'rollback_code_version', { service });
    say(`${service} goes back to ${before}.`);
    onRolledBack();
  });
  if (running) {
    const step = operation.steps.find(({ state }) => state === 'running');
    return (
      <Box sx={{ mt: 1 }}>
        <LinearProgress
          aria-label="Deploy"
          variant={step?.progress === undefined ? 'indeterminate' : 'determinate'}
          value={(step?.progress ?? 0) * 100}
        />
        <Typography variant="body2" role="status" sx={{ mt: 1 }}>
          {step?.detail ?? step?.title ?? 'Waiting for its turn …'} · {took}
        </Typography>
        <SwitchingNodes application={application} service={service} version={version} before={before} />
      </Box>
    );
  }
  if (operation.state === 'done')
    return (
      <Good text={`live (${took})`}>
        {before !== undefined && before !== version && (
          <Button color="secondary" disabled={rollBack.busy} onClick={() => rollBack.run()} sx={{ ml: 'auto' }}>
            Roll back to {before}
          </Button>
        )}
        {rollBack.failure && <FailureNotice failure={rollBack.failure} />}
      </Good>
    );
  if (operation.state === 'cancelled') return <Typography sx={{ mt: 1 }}>Cancelled after {took}.</Typography>;
  const { failure } = operation;
  const log = failure?.log?.length ? failure.log : operation.log;
  // That it went back stands above: here is why.
  const reason = failure?.cause ?? failure;
  return (
    <Box sx={{ mt: 1, display: 'flex', flexDirection: 'column', gap: 1 }}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1 }} role="status">
        <Undo aria-hidden sx={{ color: 'warning.main', fontSize: 20 }} />
        <Typography sx={{ fontWeight: 600 }}>
          went back to {before ?? 'the welcome page'} ({took}), because:
        </Typography>
      </Box>
      {reason && <FailureNotice failure={{ ...reason, log }} />}
      {log.length > 0 && (
        <Preformatted label="Last lines of the engine" maxHeight={180}>
          {log.slice(-12).join('\n')}
        </Preformatted>
      )}
    </Box>
  );
}

function Good({ text, children }: { text: string; children?: React.ReactNode }) {
  return (
    <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 1, mt: 1 }} role="status">
      <CheckCircle aria-hidden sx={{ color: 'success.main', fontSize: 20 }} />
      <Typography sx={{ fontWeight: 600 }}>{text}</Typography>
      {children}
    </Box>
  );
}
