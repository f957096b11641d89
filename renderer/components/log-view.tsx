/** A log that is followed: the newest line at the bottom; scrolling up stops following. */
import Box from '@mui/material/Box';
import FormControlLabel from '@mui/material/FormControlLabel';
import Switch from '@mui/material/Switch';
import Typography from '@mui/material/Typography';
import { useEffect, useRef, useState } from 'react';
import type { Failure } from '../../remote/core/contract/errors.ts';
import { failureOf, hub } from '../hub/client.ts';
import type { LogTab } from '../stores/dock.ts';
import { fonts } from '../theme/tokens.ts';
import { FailureNotice } from './failure-notice.tsx';
import { LogRows } from './log-rows.ts';
import { countText, durationText } from './time.ts';

interface Status {
  readonly count: number;
  readonly lag: number;
}

export function LogView({ tab }: { tab: LogTab }) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useRef<LogRows>(undefined);
  const [following, setFollowing] = useState(true);
  const [status, setStatus] = useState<Status>();
  const [failure, setFailure] = useState<Failure>();
  const [attempt, setAttempt] = useState(0);
  const { application, service, node } = tab;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt opens the log again
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    setFailure(undefined);
    setStatus(undefined);
    let view: string | undefined;
    let closed = false;
    const drawn = new LogRows(
      element,
      {
        lines: async (first, count) =>
          view === undefined ? [] : (await hub.call('lines', { view, first, count })).lines,
      },
      setFollowing,
    );
    rows.current = drawn;
    const stop = hub.onPush((push) => {
      if (push.push !== 'log' || push.view !== view) return;
      drawn.setCount(push.count);
      setStatus({ count: push.count, lag: push.lag });
      if (push.failure) setFailure(push.failure);
    });
    hub
      .call('open_log', {
        application,
        ...(service === undefined ? {} : { service }),
        ...(node === undefined ? {} : { node }),
      })
      .then(
        (opened) => {
          view = opened.view;
          if (closed) void hub.call('close_log', { view });
        },
        (thrown: unknown) => setFailure(failureOf(thrown)),
      );
    return () => {
      closed = true;
      stop();
      drawn.close();
      if (view !== undefined) void hub.call('close_log', { view });
    };
  }, [application, service, node, attempt]);

  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', minHeight: 0, flex: 1 }}>
      {failure && (
        <Box sx={{ p: 1 }}>
          <FailureNotice
            title="The log cannot be followed any further"
            failure={failure}
            onRetry={() => setAttempt(attempt + 1)}
          />
        </Box>
      )}
      <Box
        ref={scroller}
        role="log"
        aria-live="off"
        aria-label={`Log of ${tab.title}`}
        tabIndex={0}
        sx={{
          flex: 1,
          minHeight: 0,
          overflow: 'auto',
          px: 1.5,
          fontFamily: fonts.code,
          fontSize: 12,
          lineHeight: '20px',
          '& .time, & .log': { color: 'text.secondary', mr: 1.5 },
          '& .node': { color: 'primary.main', mr: 1.5 },
          '& .gap': { color: 'warning.main' },
        }}
      />
      <Box
        sx={{
          display: 'flex',
          alignItems: 'center',
          gap: 2,
          px: 1.5,
          borderTop: 1,
          borderColor: 'divider',
          minHeight: 32,
        }}
      >
        <Typography variant="caption" color="textSecondary">
          {status ? `${countText(status.count, 'line')} · ${durationText(status.lag)} behind` : 'Waiting for lines'}
        </Typography>
        <FormControlLabel
          sx={{ ml: 'auto', mr: 0 }}
          label={<Typography variant="caption">Follow</Typography>}
          control={
            <Switch
              size="small"
              checked={following}
              onChange={(_event, on) => {
                setFollowing(on);
                rows.current?.setFollowing(on);
              }}
            />
          }
        />
      </Box>
    </Box>
  );
}
