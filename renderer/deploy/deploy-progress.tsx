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
import { useDeployTexts } from './texts.ts';
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
  const texts = useDeployTexts().progress;
  const { transferred, result } = upload;
  if (upload.state === 'busy') {
    const { sent = 0, total = 0, rate } = transferred ?? {};
    const whole = total > 0 && sent >= total;
    return (
      <Box>
        <LinearProgress
          aria-label={texts.upload}
          variant={total > 0 && !whole ? 'determinate' : 'indeterminate'}
          value={total > 0 ? (sent / total) * 100 : 0}
        />
        <Typography variant="body2" role="status" sx={{ mt: 1 }}>
          {total === 0
            ? texts.packing
            : whole
              ? texts.checking(sizeText(total))
              : [
                  texts.sent(sizeText(sent), sizeText(total)),
                  ...(rate === undefined ? [] : [texts.rate(sizeText(rate))]),
                ].join(' · ')}
        </Typography>
      </Box>
    );
  }
  if (!result) return null;
  const facts =
    transferred === undefined
      ? texts.uploaded
      : [
          texts.uploadedSize(sizeText(transferred.total)),
          ...(transferred.rate === undefined ? [] : [texts.rate(sizeText(transferred.rate))]),
        ].join(', ');
  return (
    <Box>
      <Typography variant="body2" color="textSecondary">
        {result.version} · {facts}
      </Typography>
      {result.operation === undefined ? (
        <Good text={texts.onlyUploaded(result.version)} />
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
  const texts = useDeployTexts().progress;
  const running = operation.state === 'running';
  const now = useNow(running ? 200 : undefined);
  const took = durationText((operation.endedAt ?? now) - operation.startedAt);
  const rollBack = useAction(async () => {
    await hub.manager(application, 'rollback_code_version', { service });
    say(texts.rollingBack(service, before));
    onRolledBack();
  });
  if (running) {
    const step = operation.steps.find(({ state }) => state === 'running');
    return (
      <Box sx={{ mt: 1 }}>
        <LinearProgress
          aria-label={texts.deploy}
          variant={step?.progress === undefined ? 'indeterminate' : 'determinate'}
          value={(step?.progress ?? 0) * 100}
        />
        <Typography variant="body2" role="status" sx={{ mt: 1 }}>
          {step?.detail ?? step?.title ?? texts.waiting} · {took}
        </Typography>
        <SwitchingNodes application={application} service={service} version={version} before={before} />
      </Box>
    );
  }
  if (operation.state === 'done')
    return (
      <Good text={texts.live(took)}>
        {before !== undefined && before !== version && (
          <Button color="secondary" disabled={rollBack.busy} onClick={() => rollBack.run()} sx={{ ml: 'auto' }}>
            {texts.rollBack(before)}
          </Button>
        )}
        {rollBack.failure && <FailureNotice failure={rollBack.failure} />}
      </Good>
    );
  if (operation.state === 'cancelled') return <Typography sx={{ mt: 1 }}>{texts.cancelled(took)}</Typography>;
  const { failure } = operation;
  const log = failure?.log?.length ? failure.log : operation.log;
  // That it went back stands above: here is why.
  const reason = failure?.cause ?? failure;
  return (
    <Box sx={{ mt: 1, display: 'flex', flexDirection: 'column', gap: 1 }}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1 }} role="status">
        <Undo aria-hidden sx={{ color: 'warning.main', fontSize: 20 }} />
        <Typography sx={{ fontWeight: 600 }}>{texts.wentBack(before, took)}</Typography>
      </Box>
      {reason && <FailureNotice failure={{ ...reason, log }} />}
      {log.length > 0 && (
        <Preformatted label={texts.lastLines} maxHeight={180}>
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
