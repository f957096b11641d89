/** What each node of the service should run. Pure. */
import type { NodeId } from '../../core/contract/ids.ts';
import type { NodeConfiguration, NodeView, ServiceView } from '../../core/service/manager.ts';
import {
  BackendConfiguration,
  type CodeReference,
  PhpConfiguration,
  ProxyConfiguration,
  SessionConfiguration,
  type SessionTarget,
  WebConfiguration,
} from './configuration.ts';
import { canTellServers, nodesOf, serversFor } from './servers.ts';
import { sessionStores } from './session-move.ts';

/** Without a health check of the user's: any answer but a server error will do. */
const defaultGate = { path: '/', timeoutMs: 15_000, below: 500 };

export function describeNodes(view: ServiceView): ReadonlyMap<NodeId, NodeConfiguration> {
  const described = new Map<NodeId, NodeConfiguration>();
  for (const node of view.nodes) {
    const configuration = configurationOf(view, node);
    if (configuration) described.set(node.desired.id, configuration);
  }
  return described;
}

function configurationOf(view: ServiceView, node: NodeView): NodeConfiguration | undefined {
  switch (node.desired.role) {
    case 'proxy':
      return describeProxy(view, node);
    case 'web':
      return describeWeb(view, node);
    case 'backend':
      return describeBackend(view, node);
    case 'session':
      return describeSession(view, node);
    default:
      return undefined;
  }
}

/** What the startup script needs, which runs on every node. */
function common(view: ServiceView) {
  return { startupScript: view.service.startupScript?.blob, environment: view.environment };
}

function describeProxy(view: ServiceView, node: NodeView): ProxyConfiguration | undefined {
  const { domains } = view.service;
  // Until its certificates are known again, a proxy keeps those that it has.
  if (domains.length > 0 && !view.web) return undefined;
  if (!canTellServers(view, node, ['backend', 'web'])) return undefined;
  const { certificates = [], challenges = [] } = view.web ?? {};
  const { https_redirect, https_hsts_seconds } = phpConfiguration(view.service.configuration);
  const blobs = versionsInUse(view).map(({ listing }) => listing);
  return ProxyConfiguration.parse({
    kind: 'proxy',
    version: node.desired.version ?? view.service.activeVersion,
    backends: serversFor(view, node, 'backend'),
    webs: serversFor(view, node, 'web'),
    listings: [...new Set(blobs)],
    https: {
      certificates: certificates.filter(({ name }) => domains.includes(name)),
      redirect: https_redirect === 'On',
      port: node.forwarded?.[String(node.ports['https'] ?? 443)],
      hstsSeconds: https_hsts_seconds,
      challenges,
    },
    holdsChanges: view.state.frozen !== undefined,
    ...common(view),
  });
}

function describeWeb(view: ServiceView, node: NodeView): WebConfiguration {
  const own = codeOf(view, versionOf(view, node));
  const others = versionsInUse(view).filter(({ id }) => id !== own?.version);
  return WebConfiguration.parse({
    kind: 'web',
    versions: [...(own ? [own] : []), ...others.map(({ id, blob }) => ({ version: id, blob }))],
    ...common(view),
  });
}

function describeBackend(view: ServiceView, node: NodeView): BackendConfiguration | undefined {
  const session = sessionTarget(view);
  if (!session) return undefined;
  const { healthCheck } = view.service;
  return BackendConfiguration.parse({
    kind: 'backend',
    code: codeOf(view, versionOf(view, node)),
    php: phpConfiguration(view.service.configuration),
    debug: isDebug(view),
    session,
    health: healthCheck ? { ...healthCheck, below: 400 } : defaultGate,
    ...common(view),
  });
}

function describeSession(view: ServiceView, node: NodeView): SessionConfiguration | undefined {
  const password = view.secrets[sessionSecret(view.service.id)];
  if (password === undefined) return undefined;
  const { inUse, move } = sessionStores(view);
  const following = move?.to.desired.id === node.desired.id && move.follow ? move.from : undefined;
  const port = following?.observed?.ports['redis'];
  // A new store that will have to copy must not begin by itself, while nothing is known of the old one.
  const others = nodesOf(view, 'session').filter(({ desired }) => desired.id !== node.desired.id);
  if (node.desired.phase === 'wanted' && !node.observed && others.length > 0 && !following && inUse !== node) {
    if (others.some(({ observed }) => observed === undefined)) return undefined;
  }
  if (following && (port === undefined || following.address === undefined)) return undefined;
  return SessionConfiguration.parse({
    kind: 'session',
    password,
    replicaOf: following && { node: following.desired.id, address: following.address, port },
    paused: move?.from.desired.id === node.desired.id && move.paused,
    ...common(view),
  });
}

function sessionTarget(view: ServiceView): SessionTarget | undefined {
  const { inUse } = sessionStores(view);
  const password = view.secrets[sessionSecret(view.service.id)];
  const port = inUse?.observed?.ports['redis'];
  if (!inUse || password === undefined || port === undefined || inUse.address === undefined) return undefined;
  return { node: inUse.desired.id, address: inUse.address, port, password };
}

/** Name of the secret with the session store's password. */
export function sessionSecret(service: string): string {
  return `${service}-session`;
}

/** All keys, with defaults for those that are not set or, of an older version of ours, not valid. */
export function phpConfiguration(configuration: Readonly<Record<string, unknown>>): PhpConfiguration {
  const whole = PhpConfiguration.safeParse(configuration);
  if (whole.success) return whole.data;
  const bad = new Set(whole.error.issues.map(({ path }) => path[0]));
  return PhpConfiguration.parse(Object.fromEntries(Object.entries(configuration).filter(([key]) => !bad.has(key))));
}

export function isDebug(view: ServiceView): boolean {
  return view.service.data['debug'] === true;
}

function versionOf(view: ServiceView, node: NodeView): string | undefined {
  return node.desired.version ?? view.service.activeVersion;
}

function codeOf(view: ServiceView, version: string | undefined): CodeReference | undefined {
  const found = view.service.versions.find(({ id }) => id === version);
  return found && { version: found.id, blob: found.blob };
}

/**
 * Versions that some web or backend node serves: one, but while a switch is rolling. Until it is over, files of both
 * are at hand, as pages of both are.
 */
function versionsInUse(view: ServiceView) {
  const nodes = [...nodesOf(view, 'backend'), ...nodesOf(view, 'web')];
  const ids = new Set(nodes.flatMap((node) => [versionOf(view, node), node.observed?.detail['version']]));
  return view.service.versions.filter(({ id }) => ids.has(id));
}
