/** The first line of the page of something with nodes, an application or a service. */
import type { ReactNode } from 'react';
import type { Health } from '../../remote/core/contract/application.ts';
import { PageHealth } from '../components/page-health.tsx';
import { useApplicationTexts } from './texts.ts';

export interface RunningHealthProps {
  readonly state: Health;
  /** Nodes. */
  readonly running: number;
  /** Nodes. */
  readonly wanted: number;
  readonly cause: string | undefined;
  /** Buttons for when it is not well. */
  readonly mends: ReactNode;
  /** What one may want although it is well: something has only just changed. */
  readonly recent?: { readonly why: string; readonly actions: ReactNode } | undefined;
}

export function RunningHealth({ state, running, wanted, cause, mends, recent }: RunningHealthProps) {
  const texts = useApplicationTexts().health;
  switch (state) {
    case 'running':
      if (wanted === 0) return <PageHealth level="off" text={texts.empty} />;
      return <PageHealth level="good" text={texts.good(running, wanted)} {...recent} />;
    case 'stopped':
      return <PageHealth level="off" text={texts.stopped} />;
    case 'creating':
    case 'starting':
    case 'stopping':
      return <PageHealth level="busy" text={texts[state](running, wanted)} why={cause} />;
    case 'degraded':
      return <PageHealth level="warning" text={texts.degraded(running, wanted)} why={cause} actions={mends} />;
    case 'failed':
      return <PageHealth level="bad" text={texts.failed} why={cause} actions={mends} />;
    case 'unreachable':
      return <PageHealth level="warning" text={texts.unreachable} why={cause} actions={mends} />;
  }
}
