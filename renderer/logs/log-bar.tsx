/** The bar beside the rows: where one is, where hits and events lie. It is a scrollbar with a scale of its own. */
import Box from '@mui/material/Box';
import { type RefObject, useEffect, useMemo, useState } from 'react';
import type { LogBar } from '../../main/hub/protocol.ts';
import { hub } from '../hub/client.ts';
import { useLogTexts } from './texts.ts';
import type { LogStatus } from './use-log-view.ts';

const buckets = 120;
const everyMs = 1_000;

interface LogBarProps {
  readonly view: RefObject<string | undefined>;
  readonly bar: RefObject<HTMLDivElement | null>;
  readonly status: LogStatus | undefined;
  readonly rows: string;
}

export function LogScrollbar({ view, bar, status, rows }: LogBarProps) {
  const texts = useLogTexts();
  const [marks, setMarks] = useState<LogBar>();
  const [count, setCount] = useState(0);
  const shape = `${Math.floor(Date.now() / everyMs)} ${status?.search?.count ?? ''} ${(status?.count ?? 0) > 0}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again when there may be something new
  useEffect(() => {
    if (view.current === undefined) return;
    let left = false;
    hub.call('log_bar', { view: view.current, buckets }).then(
      (answer) => {
        if (left) return;
        setMarks(answer);
        setCount(status?.count ?? 0);
      },
      () => undefined, // the view was closed meanwhile, or its failure is shown already
    );
    return () => {
      left = true;
    };
  }, [shape]);
  // Plain elements, made once an answer: the line below the rows changes far more often than the marks.
  const drawn = useMemo(() => (marks ? <Marks marks={marks} count={count} /> : null), [marks, count]);
  return (
    <Box
      ref={bar}
      role="scrollbar"
      aria-controls={rows}
      aria-orientation="vertical"
      aria-label={texts.scrollbar}
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
        '& .hit, & .event': { position: 'absolute', left: 0, right: 0, height: 2, bgcolor: 'primary.main' },
        '& .hit': { left: 2, right: 2, height: 3, bgcolor: 'warning.main', pointerEvents: 'none' },
        '& .event.failed': { bgcolor: 'error.main' },
        '& .event.done': { bgcolor: 'success.main' },
      }}
    >
      {drawn}
    </Box>
  );
}

function Marks({ marks, count }: { marks: LogBar; count: number }) {
  const most = Math.max(1, ...marks.hits);
  return (
    <>
      {marks.hits.map((hits, index) =>
        hits === 0 ? null : (
          <div
            // biome-ignore lint/suspicious/noArrayIndexKey: a bucket is its place
            key={`hit ${index}`}
            className="hit"
            style={{ top: `${(index / buckets) * 100}%`, opacity: 0.5 + 0.5 * (hits / most) }}
          />
        ),
      )}
      {marks.events.slice(-200).map(({ row, text, state }) => (
        <div
          key={`${row} ${text}`}
          className={`event ${state}`}
          title={text}
          style={{ top: `${Math.min(99.5, (row / Math.max(1, count)) * 100)}%` }}
        />
      ))}
    </>
  );
}
