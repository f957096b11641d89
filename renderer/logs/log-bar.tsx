/** The bar beside the rows: where one is, where hits and events lie. It is a scrollbar with a scale of its own. */
import Box from '@mui/material/Box';
import { type RefObject, useEffect, useState } from 'react';
import type { LogBar } from '../../main/hub/protocol.ts';
import { hub } from '../hub/client.ts';
import type { LogStatus } from './use-log-view.ts';

const buckets = 120;
const everyMs = 1_000;

interface LogBarProps {
  readonly view: RefObject<string | undefined>;
  readonly bar: RefObject<HTMLDivElement | null>;
  readonly status: LogStatus | undefined;
  readonly rows: string;
}

const eventColours: Readonly<Record<string, string>> = { failed: 'error.main', done: 'success.main' };

export function LogScrollbar({ view, bar, status, rows }: LogBarProps) {
  const [marks, setMarks] = useState<LogBar>();
  const count = status?.count ?? 0;
  const shape = `${Math.floor(Date.now() / everyMs)} ${status?.search?.count ?? ''} ${count > 0}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again when there may be something new
  useEffect(() => {
    if (view.current === undefined) return;
    let left = false;
    hub.call('log_bar', { view: view.current, buckets }).then(
      (answer) => {
        if (!left) setMarks(answer);
      },
      () => undefined, // the view was closed meanwhile, or its failure is shown already
    );
    return () => {
      left = true;
    };
  }, [shape]);
  const most = Math.max(1, ...(marks?.hits ?? []));
  return (
    <Box
      ref={bar}
      role="scrollbar"
      aria-controls={rows}
      aria-orientation="vertical"
      aria-label="Place in the log"
      aria-valuemin={0}
      aria-valuemax={0}
      aria-valuenow={0}
      sx={{
        position: 'relative',
        width: 16,
        flexShrink: 0,
        bgcolor: 'sunken',
        borderLeft: 1,
        borderColor: 'divider',
        touchAction: 'none',
        '& .thumb': {
          position: 'absolute',
          left: 2,
          right: 2,
          top: 0,
          borderRadius: 1,
          bgcolor: 'text.secondary',
          opacity: 0.45,
        },
        '& .thumb:hover': { opacity: 0.7 },
      }}
    >
      {marks?.hits.map((hits, index) =>
        hits === 0 ? null : (
          <Box
            // biome-ignore lint/suspicious/noArrayIndexKey: a bucket is its place
            key={`hit ${index}`}
            className="hit"
            sx={{
              position: 'absolute',
              left: 2,
              right: 2,
              height: 3,
              bgcolor: 'warning.main',
              opacity: 0.5 + 0.5 * (hits / most),
              pointerEvents: 'none',
            }}
            style={{ top: `${(index / buckets) * 100}%` }}
          />
        ),
      )}
      {marks?.events.slice(-200).map(({ row, text, state }) => (
        <Box
          key={`${row} ${text}`}
          className="event"
          title={text}
          sx={{ position: 'absolute', left: 0, right: 0, height: 2, bgcolor: eventColours[state] ?? 'primary.main' }}
          style={{ top: `${(row / Math.max(1, count)) * 100}%` }}
        />
      ))}
    </Box>
  );
}
