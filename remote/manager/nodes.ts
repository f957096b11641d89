/** Adding and removing nodes in the desired state. Pure edits of a state; callers journal them. */
import { ConpaasError } from '../core/contract/errors.ts';
import { NodeId } from '../core/contract/ids.ts';
import { needsOwnMachine, placementOf, sharedSlot } from '../core/service/placement.ts';
import type { ServiceSpec } from '../core/service/spec.ts';
import type { DesiredNode, DesiredService, DesiredState } from '../core/service/state.ts';

/** A service by name or id. @throws ConpaasError not_found with what there is */
export function findService(state: DesiredState, nameOrId: string): DesiredService {
  const found = state.services.find(({ id, name }) => id === nameOrId || name === nameOrId);
  if (found) return found;
  const names = state.services.map(({ name }) => name).join(', ');
  throw new ConpaasError(
    'not_found',
    `There is no service "${nameOrId}". ${names ? `There are: ${names}.` : 'There is none.'}`,
  );
}

/** Nodes of a service and role that are wanted, oldest first. */
export function nodesOf(state: DesiredState, service: DesiredService, role?: string): DesiredNode[] {
  return state.nodes.filter(
    (node) => node.service === service.id && node.phase === 'wanted' && (role === undefined || node.role === role),
  );
}

/**
 * Adds nodes to a state.
 * @param options.packed put the first node of each role on this slot, or on one that the services of its cloud share, where
 *   the role has no node there yet and the application is not spread
 * @param options.home cloud of the slot `packed`
 */
export function addNodes(
  state: DesiredState,
  service: DesiredService,
  counts: Readonly<Record<string, number>>,
  options: {
    operation: string;
    packed?: string | undefined;
    home?: string | undefined;
    now: number;
    /** GB of the volume that a new node of this role gets; 0: none. */
    volumeGb?: ((service: DesiredService, role: string) => number) | undefined;
  },
): DesiredNode[] {
  const added: DesiredNode[] = [];
  const packed =
    options.packed !== undefined && placementOf(state) === 'packed'
      ? sharedSlot(service.cloud, options.home, options.packed)
      : undefined;
  for (const [role, count] of Object.entries(counts)) {
    for (let index = 0; index < count; index++) {
      const number = service.nextNode[role] ?? 1;
      service.nextNode[role] = number + 1;
      const own = needsOwnMachine(state.nodes, { service: service.id, role }, packed);
      const slot = own || packed === undefined ? `m${state.nextSlot++}` : packed;
      const id = NodeId.parse(`${slug(service.name)}-${role}-${number}`);
      const sizeGb = options.volumeGb?.(service, role) ?? 0;
      const node: DesiredNode = {
        id,
        service: service.id,
        role,
        slot,
        phase: 'wanted',
        ...(service.activeVersion === undefined ? {} : { version: service.activeVersion }),
        restarts: 0,
        ...(sizeGb > 0 && { volume: { name: `${state.application}-${service.id}-${id}`, sizeGb } }),
        operation: options.operation,
        createdAt: options.now,
      };
      state.nodes.push(node);
      added.push(node);
    }
  }
  return added;
}

/** @throws ConpaasError invalid_request naming the roles there are, or the limit */
export function checkCounts(
  spec: ServiceSpec,
  state: DesiredState,
  service: DesiredService,
  counts: Readonly<Record<string, number>>,
): void {
  for (const [role, count] of Object.entries(counts)) {
    const known = spec.roles[role];
    if (!known) {
      throw new ConpaasError(
        'invalid_request',
        `${service.name} (${spec.type}) has no role "${role}". It has: ${Object.keys(spec.roles).join(', ')}.`,
      );
    }
    const have = nodesOf(state, service, role).length;
    if (have + count > known.max) {
      throw new ConpaasError(
        'invalid_request',
        `${service.name} can have at most ${known.max} ${role} node(s); it has ${have} and ${count} more ${count === 1 ? 'was' : 'were'} asked for.`,
      );
    }
  }
}

/**
 * Which nodes to remove: by id, or by count per role, the newest first.
 * @returns the nodes, and how many must be added first per role so that its minimum holds (only where ids were named:
 *   removing a session node moves it)
 * @throws ConpaasError
 */
export function chooseRemoval(
  spec: ServiceSpec,
  state: DesiredState,
  service: DesiredService,
  request: { nodes?: Readonly<Record<string, number>> | undefined; ids?: readonly string[] | undefined },
): { remove: DesiredNode[]; replace: Record<string, number> } {
  const chosen = new Map<string, DesiredNode>();
  for (const id of request.ids ?? []) {
    const node = nodesOf(state, service).find((one) => one.id === id);
    if (!node) throw new ConpaasError('not_found', `${service.name} has no node "${id}".`);
    chosen.set(id, node);
  }
  checkCounts(spec, state, service, Object.fromEntries(Object.keys(request.nodes ?? {}).map((role) => [role, 0])));
  for (const [role, count] of Object.entries(request.nodes ?? {})) {
    const candidates = nodesOf(state, service, role).reverse();
    const left = candidates.length - count;
    const min = spec.roles[role]?.min ?? 0;
    if (left < min) {
      throw new ConpaasError(
        'conflict',
        `${service.name} must keep at least ${min} ${role} node(s); it has ${candidates.length}, so ${count} cannot be removed.`,
      );
    }
    for (const node of candidates.slice(0, count)) chosen.set(node.id, node);
  }
  if (chosen.size === 0)
    throw new ConpaasError('invalid_request', 'Say which nodes to remove: by role and count, or by id.');
  const remove = [...chosen.values()];
  const replace: Record<string, number> = {};
  for (const role of new Set(remove.map((node) => node.role))) {
    const left = nodesOf(state, service, role).length - remove.filter((node) => node.role === role).length;
    const lacking = (spec.roles[role]?.min ?? 0) - left;
    if (lacking > 0) replace[role] = lacking;
  }
  return { remove, replace };
}

/** A node's name is made of its service's: letters, digits and hyphens only, short enough. */
export function slug(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return (/^[a-z]/.test(plain) ? plain : `s-${plain}`).slice(0, 30);
}
