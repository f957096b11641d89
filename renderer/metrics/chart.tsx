/**
 * One chart: asks for its figures while it is on the screen, and draws them. The samples stay in a ref, as typed arrays;
 * React knows only whether there is something to show.
 */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import ButtonBase from '@mui/material/ButtonBase';
import Paper from '@mui/material/Paper';
import Skeleton from '@mui/material/Skeleton';
import Tooltip from '@mui/material/Tooltip';
import Typography from '@mui/material/Typography';
import { type KeyboardEvent, useCallback, useEffect, useId, useRef, useState } from 'react';
import type { Failure } from '../../remote/core/contract/errors.ts';
import { FailureNotice } from '../components/failure-notice.tsx';
import { failureOf, hub } from '../hub/client.ts';
import { desktop } from '../hub/desktop.ts';
import { say } from '../stores/notices.ts';
import { type Columns, columnsOf, csvOf, newestIndex } from './columns.ts';
import type { ChartSpec } from './layout.ts';
import { type Mark, markNear } from './marks.ts';
import { colourOf, createPlot, dashes, type Plot, plotHeight } from './plot.ts';
import { PointsTable } from './points-table.tsx';
import { metricsTexts, useMetricsTexts } from './texts.ts';
import { formatMoment, formatValue } from './units.ts';
import { useTokens } from './use-tokens.ts';
import { useVisible } from './use-visible.ts';

export interface ChartProps {
  readonly spec: ChartSpec;
  readonly application: string;
  readonly service: string | undefined;
  readonly node: string | undefined;
  readonly byNode: boolean;
  /** What is shown; without `from` the time until now. Milliseconds. */
  readonly span: { readonly from?: number; readonly ms: number };
  /** Another number: read again. */
  readonly tick: number;
  readonly crosshair: string;
  readonly asTable: boolean;
  readonly marks: readonly Mark[];
  readonly onZoom: (from: number, to: number) => void;
  readonly onReset: () => void;
}

/** Points that fit well on a chart of a card's width; a table is for reading. */
const points = { chart: 300, table: 60 };

type Shown = { readonly lines: readonly { readonly key: string; readonly label: string }[]; readonly leftOut: number };

export function Chart(props: ChartProps) {
  const { spec, application, service, node, byNode, span, tick, asTable, marks } = props;
  const texts = useMetricsTexts().chart;
  const unit = spec.figures[0]?.unit ?? 'count';
  const tokens = useTokens();
  const id = useId();
  const [card, visible] = useVisible<HTMLDivElement>();
  const [shown, setShown] = useState<Shown>();
  const [failure, setFailure] = useState<Failure>();
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [version, setVersion] = useState(0);
  const columns = useRef<Columns>(undefined);
  const plot = useRef<Plot>(undefined);
  const canvas = useRef<HTMLDivElement>(null);
  const legend = useRef<HTMLDivElement>(null);
  const moment = useRef<HTMLDivElement>(null);
  const index = useRef<number>(undefined);
  const newest = useRef(props);
  newest.current = props;

  const tellPoint = useCallback(
    (at: number | undefined) => {
      index.current = at;
      tell(
        { legend: legend.current, slider: canvas.current, moment: moment.current },
        columns.current,
        unit,
        at,
        newest.current.marks,
      );
    },
    [unit],
  );

  const question = JSON.stringify([application, spec.service ?? service, spec.role, node, byNode, span, asTable]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the question and the tick stand for what is asked
  useEffect(() => {
    if (!visible) return;
    let current = true;
    const to = span.from === undefined ? Date.now() : span.from + span.ms;
    hub
      .director('query_metrics', {
        application,
        ...((spec.service ?? service) === undefined ? {} : { service: spec.service ?? service }),
        ...(spec.role === undefined ? {} : { role: spec.role }),
        ...(node === undefined ? {} : { node }),
        figures: spec.figures.map(({ name }) => name),
        from: to - span.ms,
        to,
        points: asTable ? points.table : points.chart,
        by: byNode || spec.alwaysByNode ? 'node' : 'all',
      })
      .then(
        (result) => {
          if (!current) return;
          const found = columnsOf(result, spec.figures);
          columns.current = found;
          setFailure(undefined);
          setShown((before) => {
            const next = { lines: found.lines.map(({ key, label }) => ({ key, label })), leftOut: found.leftOut };
            return before && JSON.stringify(before) === JSON.stringify(next) ? before : next;
          });
          if (asTable) setVersion((number) => number + 1);
          else plot.current?.setColumns(found);
          tellPoint(index.current);
        },
        (thrown: unknown) => {
          if (current) setFailure(failureOf(thrown));
        },
      );
    return () => {
      current = false;
    };
  }, [question, tick, visible]);

  const lineKeys = shown?.lines.map(({ key }) => key).join('\n') ?? '';
  // biome-ignore lint/correctness/useExhaustiveDependencies: a plot is made anew for other lines and colours
  useEffect(() => {
    const element = canvas.current;
    if (!element || !columns.current || asTable || lineKeys === '') return;
    const made = createPlot({
      element,
      columns: columns.current,
      unit,
      tokens,
      hidden,
      crosshair: newest.current.crosshair,
      marks: () => newest.current.marks,
      onZoom: (from, to) => newest.current.onZoom(from, to),
      onReset: () => newest.current.onReset(),
      onPoint: tellPoint,
    });
    plot.current = made;
    tellPoint(undefined);
    return () => {
      plot.current = undefined;
      made.destroy();
    };
  }, [lineKeys, tokens, asTable, unit]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: marks are read when they are drawn
  useEffect(() => plot.current?.redraw(), [marks]);

  const toggle = (key: string) => {
    const next = new Set(hidden);
    if (!next.delete(key)) next.add(key);
    setHidden(next);
    plot.current?.show(key, !next.has(key));
  };
  const copy = async () => {
    if (!columns.current) return;
    await desktop.copyText(csvOf(columns.current));
    say(texts.copied(spec.title));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const found = columns.current;
    if (!found) return;
    const last = found.times.length - 1;
    const at = index.current ?? newestIndex(found);
    const moves: Readonly<Record<string, number>> = {
      ArrowLeft: at - 1,
      ArrowRight: at + 1,
      PageUp: at - 10,
      PageDown: at + 10,
      Home: 0,
      End: last,
    };
    const move = moves[event.key];
    const time = found.times[at];
    if (move !== undefined) plot.current?.point(Math.min(last, Math.max(0, move)));
    else if (event.key === '+' && time !== undefined) props.onZoom(time - span.ms / 4, time + span.ms / 4);
    else if (event.key === 'Escape' || event.key === '-') props.onReset();
    else return;
    event.preventDefault();
  };

  const empty = shown?.lines.length === 0;
  return (
    <Paper ref={card} component="section" aria-labelledby={id} sx={{ p: 1.5, pb: 1, minWidth: 0, scrollMarginTop: 64 }}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, minHeight: 30 }}>
        <Typography component="h3" variant="h3" id={id} sx={{ whiteSpace: 'nowrap' }}>
          {spec.title}
        </Typography>
        <Box
          ref={moment}
          sx={{
            flex: 1,
            minWidth: 0,
            overflow: 'hidden',
            textOverflow: 'ellipsis',
            whiteSpace: 'nowrap',
            color: 'text.secondary',
            fontSize: '0.75rem',
            fontVariantNumeric: 'tabular-nums',
          }}
        />
        {shown && !empty && (
          <Button color="inherit" aria-label={texts.copyOf(spec.title)} onClick={() => void copy()}>
            {texts.copy}
          </Button>
        )}
      </Box>
      {failure && !shown && <FailureNotice failure={failure} />}
      {failure && shown && (
        <Box role="alert" sx={{ color: 'error.main', fontSize: '0.75rem' }}>
          {texts.old(failure.message)}
        </Box>
      )}
      {!shown && !failure && <Skeleton variant="rounded" height={plotHeight} />}
      {empty && (
        <Box sx={{ height: plotHeight, display: 'grid', placeItems: 'center', color: 'text.secondary' }}>
          {texts.empty}
        </Box>
      )}
      {shown && !empty && asTable && columns.current && (
        <PointsTable key={version} title={spec.title} columns={columns.current} unit={unit} />
      )}
      {shown && !empty && !asTable && (
        <Box
          ref={canvas}
          role="slider"
          tabIndex={0}
          aria-label={texts.point(spec.title)}
          aria-orientation="horizontal"
          aria-valuemin={0}
          aria-valuemax={0}
          aria-valuenow={0}
          onKeyDown={onKeyDown}
          sx={{ minHeight: plotHeight, borderRadius: 1 }}
        />
      )}
      {shown && !empty && (
        <Box ref={legend} sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 1.5, mt: 0.5, fontSize: '0.75rem' }}>
          {shown.lines.map(({ key, label }, at) => {
            const figure = spec.figures.find(({ name }) => key.startsWith(`${name} `));
            return (
              <Tooltip key={key} describeChild title={figure?.doc ?? ''} placement="bottom-start">
                <ButtonBase
                  aria-pressed={!hidden.has(key)}
                  onClick={() => toggle(key)}
                  sx={{ gap: 0.75, py: 0.25, borderRadius: 0.5, opacity: hidden.has(key) ? 0.55 : 1 }}
                >
                  <LineSign colour={colourOf(tokens, at)} dash={dashes[at] ?? []} />
                  <span>{label}</span>
                  <Box component="span" data-line={key} sx={{ fontVariantNumeric: 'tabular-nums', fontWeight: 600 }} />
                </ButtonBase>
              </Tooltip>
            );
          })}
          {shown.leftOut > 0 && <Box sx={{ color: 'text.secondary', py: 0.25 }}>{texts.leftOut(shown.leftOut)}</Box>}
        </Box>
      )}
    </Paper>
  );
}

function LineSign({ colour, dash }: { colour: string; dash: readonly number[] }) {
  return (
    <svg width="22" height="8" aria-hidden="true" focusable="false">
      <line x1="0" y1="4" x2="22" y2="4" stroke={colour} strokeWidth="2" strokeDasharray={dash.join(' ')} />
    </svg>
  );
}

/** Writes the values at a point (or the newest) into the legend: at each move of the pointer, past React. */
function tell(
  { legend, slider, moment }: { legend: HTMLElement | null; slider: HTMLElement | null; moment: HTMLElement | null },
  columns: Columns | undefined,
  unit: ChartSpec['figures'][number]['unit'],
  at: number | undefined,
  marks: readonly Mark[],
): void {
  if (!legend || !columns) return;
  const point = at ?? newestIndex(columns);
  const time = columns.times[point];
  const words: string[] = [];
  for (const { key, label, values } of columns.lines) {
    const text = formatValue(values[point] ?? Number.NaN, unit);
    const place = [...legend.querySelectorAll<HTMLElement>('[data-line]')].find(
      ({ dataset }) => dataset['line'] === key,
    );
    if (place) place.textContent = text;
    words.push(`${label} ${text === '–' ? metricsTexts().chart.noValue : text}`);
  }
  const mark = at === undefined || time === undefined ? undefined : markNear(marks, time, columns.step * 2000);
  const told = time === undefined ? '' : formatMoment(time);
  if (moment) moment.textContent = [at === undefined ? '' : told, mark?.text].filter(Boolean).join(' · ');
  slider?.setAttribute('aria-valuemax', String(Math.max(0, columns.times.length - 1)));
  slider?.setAttribute('aria-valuenow', String(Math.max(0, point)));
  slider?.setAttribute('aria-valuetext', [told, ...words, mark?.text].filter(Boolean).join(', '));
}
