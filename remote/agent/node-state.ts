/** How a node is, of what its runner does and how its engines are. Pure. */
import type { NodeObservation } from '../core/contract/application.ts';
import type { ProcessState } from '../core/supervisor/index.ts';

/** What is being done to a node. */
export type NodePhase = 'idle' | 'applying' | 'stopping';

export interface NodeFacts {
  readonly phase: NodePhase;
  /** Whether what is in force is a running node. */
  readonly isUp: boolean;
  /** Whether anything is in force. */
  readonly isApplied: boolean;
  /** Whether it should run. */
  readonly isWanted: boolean;
  /** Whether the last attempt has failed. */
  readonly hasFailed: boolean;
  readonly engines: { readonly any: boolean; isAny(kind: ProcessState['kind']): boolean };
}

export function nodeState(node: NodeFacts): NodeObservation['state'] {
  const { phase, isUp, engines } = node;
  if (phase === 'stopping') return 'stopping';
  if (!isUp && node.isApplied && !node.isWanted) return 'stopped';
  if (isUp) {
    if (engines.isAny('failed')) return 'failed';
    if (engines.isAny('backing_off') || engines.isAny('starting')) {
      // While a change is made engines come and go; until it is in force the old ones serve.
      return phase === 'applying' ? 'running' : 'starting';
    }
    return 'running';
  }
  if (node.hasFailed) return 'failed';
  return engines.any ? 'starting' : 'preparing';
}
