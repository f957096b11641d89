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
 * is for the proxy's own checks to find out, which are faster than we are. While that is not known of a node (the
 * manager has just started, its agent is away, or has just started and takes up what runs) a proxy keeps what it has.
 */
export function serversFor(view: ServiceView, proxy: NodeView, role: string): Server[] {
  if (!view.service.running) return [];
  const kept = serversOf(proxy);
  return nodesOf(view, role)
    .filter((node) => !isStopped(node))
    .flatMap((node): Server[] => {
      const { id, phase } = node.desired;
      const place = placeOf(node) ?? kept[id];
      if (!place) return [];
      return [{ node: id, address: place.address, port: place.port, state: phase === 'draining' ? 'drain' : 'ready' }];
    })
    .sort((a, b) => (a.node < b.node ? -1 : 1));
}

/**
 * Whether it can be said now what servers a proxy should have: not while one of them has not told its place, and the
 * proxy, which may have it, has not told either, as its agent has just started.
 */
export function canTellServers(view: ServiceView, proxy: NodeView, roles: readonly string[]): boolean {
  const { observed } = proxy;
  const isSilent =
    (observed?.state === 'preparing' || observed?.state === 'starting') && Object.keys(serversOf(proxy)).length === 0;
  if (!isSilent) return true;
  return roles.every((role) => nodesOf(view, role).every((node) => isStopped(node) || placeOf(node) !== undefined));
}

function isStopped({ observed }: NodeView): boolean {
  return observed?.state === 'stopping' || observed?.state === 'stopped';
}

/** Where a node serves, as it has said itself. */
function placeOf({ ports, address }: NodeView): { readonly address: string; readonly port: number } | undefined {
  const port = ports['http'];
  return port === undefined || address === undefined ? undefined : { address, port };
}

/** What a proxy says of its servers; empty where it has said nothing. */
function serversOf(proxy: NodeView): Readonly<Record<string, ServerReport>> {
  const detail = ProxyDetail.safeParse(proxy.observed?.detail);
  return detail.success ? detail.data.servers : {};
}

/** Proxies that take part: wanted and running. */
function livingProxies(view: ServiceView): readonly NodeView[] {
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
