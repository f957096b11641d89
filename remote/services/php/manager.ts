/** The manager's half of the PHP service. */
import { ConpaasError } from '../../core/contract/errors.ts';
import type { NodeId } from '../../core/contract/ids.ts';
import type {
  NodeConfiguration,
  NodeView,
  ServiceContext,
  ServiceManager,
  ServiceManagerHandler,
  ServiceView,
  WebService,
} from '../../core/service/manager.ts';
import type { DesiredNode, DesiredService } from '../../core/service/state.ts';
import { PhpConfiguration, ProxyDetail } from './configuration.ts';
import { describeNodes, isDebug, phpConfiguration, sessionSecret } from './describe-nodes.ts';
import { everyProxyUses, isRunning, nodesOf, noProxyUses } from './servers.ts';
import { isMoved } from './session-move.ts';

export function createServiceManager(): ServiceManager {
  return new PhpManager();
}

class PhpManager implements ServiceManager {
  /**
   * Static files first: they are at hand before a page asks for them. Proxies last: they then forget the files of the
   * version before.
   */
  readonly rollingRoles = ['web', 'backend', 'proxy'];

  readonly handlers: Readonly<Record<string, ServiceManagerHandler>> = {
    get_configuration: async ({ view }) => ({
      phpconf: phpConfiguration(view.service.configuration),
      debug: isDebug(view),
      codeVersionId: view.service.activeVersion,
    }),
    update_php_configuration: async (context, params) => {
      await updatePhpConfiguration(context, params['phpconf']);
      return {};
    },
    set_debug: async (context, params) => {
      const debug = params['debug'] === true;
      await context.change(debug ? 'Debug mode on' : 'Debug mode off', (service) => {
        service.data = { ...service.data, debug };
      });
      return {};
    },
  };

  describeNodes(view: ServiceView): ReadonlyMap<NodeId, NodeConfiguration> {
    return describeNodes(view);
  }

  provides(view: ServiceView): Readonly<Record<string, string>> | undefined {
    const at = frontDoor(view);
    if (!at) return undefined;
    const name = view.service.name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');
    return { [`${name}_HOST`]: at.address, [`${name}_PORT`]: String(at.port) };
  }

  generatedSecrets(service: DesiredService): readonly string[] {
    return [sessionSecret(service.id)];
  }

  address(view: ServiceView): string | undefined {
    const at = frontDoor(view);
    return at && `http://${at.address}${at.port === 80 ? '' : `:${at.port}`}`;
  }

  webService(view: ServiceView): WebService | undefined {
    const proxies = nodesOf(view, 'proxy').filter(isRunning);
    const details = proxies.map((node) => ProxyDetail.safeParse(node.observed?.detail).data?.https);
    // One that tells nothing of it (an agent of an earlier version) answers for nothing.
    const [first, ...others] = details.map((one) => one ?? { certificates: {}, challenges: [] });
    if (!first) return undefined;
    const front = firstProxy(view);
    const own = front?.observed?.ports['https'];
    const port = own === undefined ? undefined : (front?.forwarded?.[String(own)] ?? own);
    const inOrder = [front, ...proxies.filter((node) => node !== front)].filter((node) => node && isRunning(node));
    return {
      fronts: inOrder.flatMap((node) => node?.address ?? []),
      certificates: Object.fromEntries(
        Object.entries(first.certificates).filter(([name, fingerprint]) =>
          others.every(({ certificates }) => certificates[name] === fingerprint),
        ),
      ),
      challenges: first.challenges.filter((token) => others.every(({ challenges }) => challenges.includes(token))),
      https: front?.address !== undefined && port !== undefined ? { address: front.address, port } : undefined,
    };
  }

  drained(view: ServiceView, node: NodeView): boolean {
    switch (node.desired.role) {
      case 'backend':
      case 'web':
        return noProxyUses(view, node);
      case 'session':
        return isMoved(view, node);
      default:
        return true;
    }
  }

  irreplaceable(view: ServiceView, node: NodeView): string | undefined {
    if (node.desired.role !== 'proxy' || node.desired.id !== firstProxy(view)?.desired.id) return undefined;
    if (view.stableAddress !== undefined) return undefined;
    return 'It holds the address of the application, which would be another one. Restart it instead.';
  }

  inService(view: ServiceView, node: NodeView): boolean {
    if (!isRunning(node)) return false;
    return node.desired.role === 'backend' || node.desired.role === 'web' ? everyProxyUses(view, node) : true;
  }

  warnings(_service: DesiredService, nodes: readonly DesiredNode[]): readonly string[] {
    const backends = nodes.filter(({ role, phase }) => role === 'backend' && phase === 'wanted').length;
    if (backends < 2) return [];
    return [
      'Files that pages write (uploads) stay on the backend that wrote them: with several backends, some requests do not find them.',
    ];
  }
}

/** Where users come in. */
function frontDoor(view: ServiceView): { address: string; port: number } | undefined {
  const first = firstProxy(view);
  const port = first?.observed?.ports['http'];
  return first?.address !== undefined && port !== undefined ? { address: first.address, port } : undefined;
}

/**
 * The first proxy: the application's address is its, as long as it exists. An address that stays leads to whichever runs.
 */
function firstProxy(view: ServiceView): NodeView | undefined {
  const proxies = nodesOf(view, 'proxy').toSorted(
    (a, b) => a.desired.createdAt - b.desired.createdAt || (a.desired.id < b.desired.id ? -1 : 1),
  );
  return (view.stableAddress === undefined ? undefined : proxies.find(isRunning)) ?? proxies[0];
}

/** Changes some keys; null puts a key back to its default. Nothing is changed unless all are valid. */
async function updatePhpConfiguration(context: ServiceContext, phpconf: unknown): Promise<void> {
  const changes = Object.entries(typeof phpconf === 'object' && phpconf !== null ? phpconf : {});
  const merged = { ...context.view.service.configuration };
  for (const [key, value] of changes) {
    if (value === null) delete merged[key];
    else merged[key] = value;
  }
  const checked = PhpConfiguration.strict().safeParse(merged);
  if (!checked.success) {
    const places = checked.error.issues.map((issue) => ({
      path: `phpconf.${issue.path.join('.')}`,
      message: issue.message,
    }));
    throw new ConpaasError('invalid_request', `This PHP configuration is not valid: ${places[0]?.message ?? ''}.`, {
      places,
    });
  }
  await context.change(`PHP configuration: ${changes.map(([key]) => key).join(', ')}`, (service) => {
    service.configuration = merged;
  });
}
