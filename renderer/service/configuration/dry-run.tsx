/** A dry run of a script: its output as it comes (straight into the page, never through React's state), and its end. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { type RefObject, useEffect, useRef, useState } from 'react';
import type { Failure } from '../../../remote/core/contract/errors.ts';
import type { ScriptOutput } from '../../../remote/core/contract/scripts.ts';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { Preformatted } from '../../components/preformatted.tsx';
import { countText, durationText } from '../../components/time.ts';
import { failureOf, hub } from '../../hub/client.ts';

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
  const { begun, busy, node, end, failure, output, cancel } = run;
  return (
    <Box sx={{ display: begun ? 'block' : 'none', mt: 2 }}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, mb: 0.5 }} role="status">
        <Typography variant="body2">
          {busy ? `Running on a copy${node ? ` of ${node}` : ''} …` : end ? endText(end) : ''}
        </Typography>
        {busy && (
          <Button color="secondary" onClick={cancel}>
            Cancel
          </Button>
        )}
      </Box>
      <Preformatted ref={output} label="Output of the dry run" sx={{ minHeight: 40 }} />
      {end && end.changed.length > 0 && (
        <Typography variant="body2" color="textSecondary" sx={{ mt: 0.5, overflowWrap: 'anywhere' }}>
          It would change {countText(end.changed.length, 'path')}: {end.changed.slice(0, 12).join(', ')}
          {end.changed.length > 12 ? ' …' : ''}
        </Typography>
      )}
      {failure && <FailureNotice title="The dry run did not end" failure={failure} sx={{ mt: 1 }} />}
    </Box>
  );
}

function endText({ ended, code, took }: End): string {
  const time = durationText(took);
  if (ended === 'timeout') return `It did not end within ${time} and was ended.`;
  if (ended === 'too_much_output') return 'It said more than 1 MB and was ended.';
  if (code === 0) return `✓ It ended well after ${time}.`;
  return `✗ It ended ${code === undefined ? 'by a signal' : `with code ${code}`} after ${time}; a node would not start with it.`;
}
