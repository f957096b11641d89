/** The first line of the page of something with nodes, an application or a service. */
import type { ReactNode } from 'react';
import type { Health } from '../../remote/core/contract/application.ts';
import { PageHealth } from '../components/page-health.tsx';
import { countText } from '../components/time.ts';

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
  const counted = `${running} of ${countText(wanted, 'node runs', 'nodes run')}`;
  switch (state) {
    case 'running':
      return <PageHealth level="good" text={`All is well: ${counted}.`} {...recent} />;
    case 'stopped':
      return <PageHealth level="off" text="It is stopped. Its code and data are kept." />;
    case 'creating':
    case 'starting':
    case 'stopping':
      return <PageHealth level="busy" text={`It is ${state}: ${counted}.`} why={cause} />;
    case 'degraded':
      return <PageHealth level="warning" text={`Not all is well: ${counted}.`} why={cause} actions={mends} />;
    case 'failed':
      return <PageHealth level="bad" text="It does not run." why={cause} actions={mends} />;
    case 'unreachable':
      return (
        <PageHealth
          level="warning"
          text="Its manager does not answer; its services may run all the same."
          why={cause}
          actions={mends}
        />
      );
  }
}
