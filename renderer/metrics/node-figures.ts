/** What each node of an application uses now, from the figures that the director keeps. */
import { useMemo } from 'react';
import type { NewestMetrics } from '../../remote/core/contract/figures.ts';
import { sizeText } from '../components/time.ts';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import { metricsTexts } from './texts.ts';

const everyMs = 3000;

/** Cores and bytes; what is not measured is absent. */
export type NodeFigures = NewestMetrics['figures'];

export interface NewestFigures {
  readonly all: readonly NewestMetrics[];
  readonly ofNodes: ReadonlyMap<string, NodeFigures>;
}

const none: readonly NewestMetrics[] = [];

export function useNewestFigures(application: string): NewestFigures {
  // Without figures the page is still one: who is there and how it is.
  const { value: all = none } = useLoaded(
    () => hub.director('newest_metrics', { application }),
    [application],
    everyMs,
  );
  return useMemo(() => ({ all, ofNodes: new Map(all.map(({ node, figures }) => [node, figures])) }), [all]);
}

/** Share of one processor: `21 %`. */
export function processorText(cores: number | undefined): string {
  return cores === undefined ? '–' : metricsTexts().units.percent(String(Math.round(cores * 100)));
}

export function memoryText(bytes: number | undefined): string {
  return bytes === undefined ? '–' : sizeText(bytes);
}
