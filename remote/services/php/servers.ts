/** What proxies are told of their servers, and what they say of them. Pure. */
import type { NodeView, ServiceView } from '../../core/service/manager.ts';
import { ProxyDetail, type Server, type ServerReport } from './configuration.ts';

export function nodesOf(view: ServiceView, role: string): readonly NodeView[] {
  return view.nodes.filter(({ desired }) => desired.role === role);
}

/** A node that runs, as far as anybody knows. */
export function isRunning({ observed }: NodeView): boolean {
  return observed?.state === 'running';
}

/**
 * The nodes of a role that a proxy should know, in a fixed order.
 *
 * A node counts once it has said at which port it serves, until it is stopped: whether it can answer at a given moment
 * is for the proxy's own checks to find out, which are faster than we are. While nothing is known of a node (the
 * manager has just started, its agent is away) a proxy keeps what it has.
 */
export function serversFor(view: ServiceView, proxy: NodeView, role: string): Server[] {
  const known = serversOf(proxy);
  return nodesOf(view, role)
    .flatMap((node): Server[] => {
      const { id, phase } = node.desired;
      const state = phase === 'draining' ? 'drain' : 'ready';
      if (!node.observed) {
        const kept = known[id];
        return kept ? [{ node: id, address: kept.address, port: kept.port, state }] : [];
      }
      const { http: port } = node.observed.ports;
      if (!view.service.running || port === undefined || node.address === undefined) return [];
      if (node.observed.state === 'stopping' || node.observed.state === 'stopped') return [];
      return [{ node: id, address: node.address, port, state }];
    })
    .sort((a, b) => (a.node < b.node ? -1 : 1));
}

/** What a proxy says of its servers; empty where it has said nothing. */
export function serversOf(proxy: NodeView): Readonly<Record<string, ServerReport>> {
  const detail = ProxyDetail.safeParse(proxy.observed?.detail);
  return detail.success ? detail.data.servers : {};
}

/** Proxies that take part: wanted and running. */
export function livingProxies(view: ServiceView): readonly NodeView[] {
  return nodesOf(view, 'proxy').filter(isRunning);
}

/** Whether every living proxy sends requests to a node. False where there is no proxy. */
export function everyProxyUses(view: ServiceView, node: NodeView): boolean {
  const proxies = livingProxies(view);
  return proxies.length > 0 && proxies.every((proxy) => serversOf(proxy)[node.desired.id]?.state === 'up');
}

/** Whether no living proxy has a request at a node, nor will give it one. */
export function noProxyUses(view: ServiceView, node: NodeView): boolean {
  return livingProxies(view).every((proxy) => {
    const server = serversOf(proxy)[node.desired.id];
    return (
      server === undefined || ((server.state === 'drain' || server.state === 'maintenance') && server.sessions === 0)
    );
  });
}
