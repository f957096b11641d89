/** A dry run of a script: its output as it comes (straight into the page, never through React's state), and its end. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { type RefObject, useEffect, useRef, useState } from 'react';
import type { Failure } from '../../../remote/core/contract/errors.ts';
import type { ScriptOutput } from '../../../remote/core/contract/scripts.ts';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { Preformatted } from '../../components/preformatted.tsx';
import { durationText } from '../../components/time.ts';
import { failureOf, hub } from '../../hub/client.ts';
import { type ConfigurationTexts, useConfigurationTexts } from './texts.ts';

type End = Extract<ScriptOutput, { kind: 'ended' }>;

export interface DryRun {
  readonly busy: boolean;
  readonly node: string | undefined;
  readonly end: End | undefined;
  readonly failure: Failure | undefined;
  /** Whether there is anything to show. */
  readonly begun: boolean;
  readonly output: RefObject<HTMLPreElement | null>;
  start(script: string, network: boolean): void;
  cancel(): void;
}

export function useDryRun(application: string, service: string): DryRun {
  const [state, setState] = useState<Pick<DryRun, 'busy' | 'node' | 'end' | 'failure' | 'begun'>>({
    busy: false,
    node: undefined,
    end: undefined,
    failure: undefined,
    begun: false,
  });
  const output = useRef<HTMLPreElement>(null);
  const controller = useRef<AbortController>(undefined);
  useEffect(() => () => controller.current?.abort(), []);

  const start = (script: string, network: boolean): void => {
    const run = crypto.randomUUID();
    const abort = new AbortController();
    controller.current = abort;
    if (output.current) output.current.textContent = '';
    setState({ busy: true, node: undefined, end: undefined, failure: undefined, begun: true });
    const stop = hub.onPush((push) => {
      if (push.push !== 'script' || push.run !== run) return;
      const { said } = push;
      if (said.kind === 'output') append(output.current, said.text);
      else if (said.kind === 'started') setState((now) => ({ ...now, node: said.node }));
      else setState((now) => ({ ...now, end: said }));
    });
    hub
      .call('dry_run_script', { application, service, script, network, run }, abort.signal)
      .catch((thrown: unknown) => setState((now) => ({ ...now, failure: failureOf(thrown) })))
      .finally(() => {
        stop();
        setState((now) => ({ ...now, busy: false }));
      });
  };
  return { ...state, output, start, cancel: () => controller.current?.abort() };
}

function append(element: HTMLPreElement | null, text: string): void {
  if (!element) return;
  const following = element.scrollHeight - element.scrollTop - element.clientHeight < 30;
  element.append(text);
  if (following) element.scrollTop = element.scrollHeight;
}

export function DryRunOutput({ run }: { run: DryRun }) {
  const texts = useConfigurationTexts().dryRun;
  const { begun, busy, node, end, failure, output, cancel } = run;
  return (
    <Box sx={{ display: begun ? 'block' : 'none', mt: 2 }}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, mb: 0.5 }} role="status">
        <Typography variant="body2">
          {busy ? (node ? texts.runningOf(node) : texts.running) : end ? endText(end, texts) : ''}
        </Typography>
        {busy && (
          <Button color="secondary" onClick={cancel}>
            {texts.cancel}
          </Button>
        )}
      </Box>
      <Preformatted ref={output} label={texts.output} sx={{ minHeight: 40 }} />
      {end && end.changed.length > 0 && (
        <Typography variant="body2" color="textSecondary" sx={{ mt: 0.5, overflowWrap: 'anywhere' }}>
          {texts.wouldChange(end.changed.length, end.changed.slice(0, 12))}
        </Typography>
      )}
      {failure && <FailureNotice title={texts.failed} failure={failure} sx={{ mt: 1 }} />}
    </Box>
  );
}

function endText({ ended, code, took }: End, texts: ConfigurationTexts['dryRun']): string {
  const time = durationText(took);
  if (ended === 'timeout') return texts.timeout(time);
  if (ended === 'too_much_output') return texts.tooMuch;
  if (code === 0) return texts.good(time);
  return code === undefined ? texts.bySignal(time) : texts.withCode(code, time);
}
