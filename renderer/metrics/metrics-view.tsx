/** Charts of an application, a service or a node: a range of time for all of them, what happened in it, and the charts. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import FormControlLabel from '@mui/material/FormControlLabel';
import Skeleton from '@mui/material/Skeleton';
import Switch from '@mui/material/Switch';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import Typography from '@mui/material/Typography';
import { useEffect, useId, useMemo, useState } from 'react';
import { useActions } from '../actions/use-actions.ts';
import { FailureNotice } from '../components/failure-notice.tsx';
import { Nothing } from '../components/nothing.tsx';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import { useOperations } from '../stores/operations.ts';
import { Chart } from './chart.tsx';
import { refreshEvery, sectionsOf, timeRanges } from './layout.ts';
import { MarkList } from './mark-list.tsx';
import { marksOf } from './marks.ts';
import { PlotStyles } from './plot-styles.tsx';
import { useMetricsTexts } from './texts.ts';

export interface MetricsViewProps {
  /** Id and name. */
  readonly application: { readonly id: string; readonly name: string };
  readonly service?: string | undefined;
  /** Of one node only. */
  readonly node?: string | undefined;
  /** In a narrow place: one chart beside the other is too much. */
  readonly narrow?: boolean;
}

/** Figures appear some seconds after the first node does; new ones when a node of another role comes. */
const figuresEveryMs = 15_000;

/** A zoom shows ten seconds at least: two samples. */
const shortestZoomMs = 10_000;

export function MetricsView({ application, service, node, narrow = false }: MetricsViewProps) {
  const texts = useMetricsTexts();
  const [rangeMs, setRangeMs] = useState(timeRanges[0]?.ms ?? 0);
  const [zoom, setZoom] = useState<{ from: number; ms: number }>();
  const [byNode, setByNode] = useState(false);
  const [asTable, setAsTable] = useState(false);
  const [tick, setTick] = useState(0);
  const crosshair = useId();
  const figures = useLoaded(
    () =>
      hub.director('list_figures', {
        application: application.id,
        ...(service === undefined ? {} : { service }),
        ...(node === undefined ? {} : { node }),
      }),
    [application.id, service, node],
    figuresEveryMs,
  );
  const sections = useMemo(() => sectionsOf(figures.value ?? [], service === undefined), [figures.value, service]);

  const span = useMemo(() => zoom ?? { ms: rangeMs }, [zoom, rangeMs]);
  useEffect(() => {
    if (zoom) return;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') setTick((number) => number + 1);
    }, refreshEvery(rangeMs));
    return () => clearInterval(timer);
  }, [zoom, rangeMs]);

  const known = useOperations((store) => store.byId);
  const past = useLoaded(
    () => hub.director('list_operations', { application: application.id, limit: 500 }),
    [application.id],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: time goes on with each tick
  const marks = useMemo(() => {
    const from = zoom?.from ?? Date.now() - rangeMs;
    const all = new Map((past.value ?? []).map((operation) => [operation.id as string, operation]));
    for (const [id, operation] of known) all.set(id, operation);
    return marksOf(
      all.values(),
      { application: application.id, service },
      from,
      zoom ? zoom.from + zoom.ms : Date.now(),
    );
  }, [known, past.value, application.id, service, zoom, rangeMs, tick]);

  const words = ['conpaas', 'metrics', application.name, ...(service === undefined ? [] : [service])];
  const command = node ? [...words, '--node', node].join(' ') : words.join(' ');
  useActions([
    {
      id: 'metrics.table',
      title: asTable ? texts.actions.asCharts : texts.actions.asTables,
      command,
      run: () => setAsTable(!asTable),
    },
    { id: 'metrics.reset', title: texts.actions.reset, disabled: !zoom, run: () => setZoom(undefined) },
  ]);

  const onZoom = (from: number, to: number) => {
    const ms = Math.max(shortestZoomMs, Math.round(to - from));
    setZoom({ from: Math.min(Math.round(from), Date.now() - ms), ms });
  };

  return (
    <Box>
      <PlotStyles />
      <Box
        sx={{
          display: 'flex',
          flexWrap: 'wrap',
          alignItems: 'center',
          gap: 1.5,
          mb: 1,
          py: 0.75,
          position: 'sticky',
          top: 0,
          zIndex: 2,
          bgcolor: narrow ? 'background.paper' : 'background.default',
        }}
      >
        <ToggleButtonGroup
          size="small"
          exclusive
          aria-label={texts.shown.label}
          value={zoom ? undefined : rangeMs}
          onChange={(_event, ms: number | null) => {
            setZoom(undefined);
            if (ms !== null) setRangeMs(ms);
          }}
        >
          {timeRanges.map(({ name, ms }) => (
            <ToggleButton key={ms} value={ms} sx={{ px: 1.25, py: 0.4, textTransform: 'none', color: 'text.primary' }}>
              {texts.shown.ranges[name]}
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
        {zoom && <Button onClick={() => setZoom(undefined)}>{texts.shown.resetZoom}</Button>}
        <Box sx={{ flex: 1 }} />
        {!node && (
          <FormControlLabel
            control={<Switch size="small" checked={byNode} onChange={(_event, on) => setByNode(on)} />}
            label={texts.shown.byNode}
          />
        )}
        <FormControlLabel
          control={<Switch size="small" checked={asTable} onChange={(_event, on) => setAsTable(on)} />}
          label={texts.shown.asTables}
        />
      </Box>
      {figures.failure && <FailureNotice title={texts.failed} failure={figures.failure} onRetry={figures.reload} />}
      {!figures.value && !figures.failure && <Skeleton variant="rounded" height={220} />}
      {figures.value && sections.length === 0 && <Nothing>{node ? texts.noneOfNode : texts.none}</Nothing>}
      {sections.length > 0 && <MarkList marks={marks} />}
      {sections.map((section) => (
        <Box component="section" key={section.key} aria-label={section.title} sx={{ mb: 3 }}>
          <Typography component="h2" variant="h2" sx={{ mb: 1 }}>
            {section.title}
          </Typography>
          <Box
            sx={{
              display: 'grid',
              gap: 1.5,
              gridTemplateColumns: narrow ? 'minmax(0, 1fr)' : 'repeat(auto-fill, minmax(min(100%, 360px), 1fr))',
            }}
          >
            {section.charts.map((spec) => (
              <Chart
                key={spec.key}
                spec={spec}
                application={application.id}
                service={service}
                node={node}
                byNode={byNode}
                span={span}
                tick={tick}
                crosshair={crosshair}
                asTable={asTable}
                marks={marks}
                onZoom={onZoom}
                onReset={() => setZoom(undefined)}
              />
            ))}
          </Box>
        </Box>
      ))}
    </Box>
  );
}
