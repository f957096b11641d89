/**
 * Which session store is in use, and how its content moves to another node without anybody being logged out. Pure: the
 * step that the move is at is read off what the nodes report.
 *
 * 1. The new store copies from the old one and follows it.
 * 2. When it has all, the old one holds writes back for a moment; reads go on.
 * 3. When the new one has the last of them, all backends change over. Pages that were begun before wait with their
 *    writes; pages begun after find everything in the new store.
 * 4. When no backend uses the old one for new pages, it lets the held writes go; they reach the new one as well.
 * 5. When the last of those pages has ended, the new one stops following, and the old one can be removed.
 */
import type { NodeView, ServiceView } from '../../core/service/manager.ts';
import { BackendDetail, SessionDetail } from './configuration.ts';
import { isRunning, nodesOf } from './servers.ts';

export interface SessionStores {
  /** The store that backends should use; undefined: none is ready. */
  readonly inUse: NodeView | undefined;
  /** While a move is under way. */
  readonly move:
    | { readonly from: NodeView; readonly to: NodeView; readonly paused: boolean; readonly follow: boolean }
    | undefined;
}

export function sessionStores(view: ServiceView): SessionStores {
  const nodes = nodesOf(view, 'session');
  const wanted = nodes.filter(({ desired }) => desired.phase === 'wanted');
  // The replacement comes first, the old one is drained then: it must copy from its first moment on.
  const to = wanted.at(-1);
  const from = nodes.find(({ desired }) => desired.phase === 'draining') ?? (wanted.length > 1 ? wanted[0] : undefined);
  if (!from || !to || isGone(from)) return { inUse: ready(to ?? from), move: undefined };
  const target = detailOf(to);
  const source = detailOf(from);
  // It has stopped following: the move is over.
  if (target?.role === 'primary' && isRunning(to)) return { inUse: to, move: undefined };
  // One whose agent is away may well be serving.
  const backends = nodesOf(view, 'backend').filter((node) => !node.observed || isRunning(node));
  const using = (node: NodeView) => backends.filter((backend) => backendDetail(backend)?.session === node.desired.id);
  const changedOver = using(to).length > 0;
  const allChangedOver = using(to).length === backends.length;
  if (!target?.synced || !source || !isRunning(to)) {
    return { inUse: changedOver ? to : from, move: { from, to, paused: false, follow: true } };
  }
  const caughtUp = source.paused && target.offset >= source.offset;
  if (!changedOver && !(caughtUp && backends.length > 0)) {
    return { inUse: from, move: { from, to, paused: backends.length > 0, follow: backends.length > 0 } };
  }
  if (!allChangedOver) return { inUse: to, move: { from, to, paused: true, follow: true } };
  const retired = backends.every((backend) => backendDetail(backend)?.retiring === 0);
  return { inUse: to, move: { from, to, paused: false, follow: source.paused || !retired } };
}

/** Whether a store that goes away is of no more use. */
export function isMoved(view: ServiceView, node: NodeView): boolean {
  const { inUse, move } = sessionStores(view);
  return inUse !== undefined && inUse.desired.id !== node.desired.id && move === undefined;
}

/** Nothing is to be had from it any more. */
function isGone(node: NodeView): boolean {
  const state = node.observed?.state;
  return state === 'failed' || state === 'stopped';
}

function ready(node: NodeView | undefined): NodeView | undefined {
  return node?.observed?.ports['redis'] !== undefined && node.address !== undefined ? node : undefined;
}

function detailOf(node: NodeView): SessionDetail | undefined {
  const detail = SessionDetail.safeParse(node.observed?.detail);
  return detail.success ? detail.data : undefined;
}

function backendDetail(node: NodeView): BackendDetail | undefined {
  const detail = BackendDetail.safeParse(node.observed?.detail);
  return detail.success ? detail.data : undefined;
}
