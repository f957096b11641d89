/**
 * The identity of a process or person: one SAN URI, parsed, never prefix-compared.
 *   spiffe://<deployment>/director
 *   spiffe://<deployment>/app/<application>/manager/<epoch>
 *   spiffe://<deployment>/app/<application>/agent/<vm>
 *   spiffe://<deployment>/host/<vm>
 *   spiffe://<deployment>/user/<name>
 */
import { ApplicationId, DeploymentId, UserName, VmId } from './ids.ts';

export type Identity =
  | { readonly kind: 'director'; readonly deployment: DeploymentId }
  | {
      readonly kind: 'manager';
      readonly deployment: DeploymentId;
      readonly application: ApplicationId;
      readonly epoch: number;
    }
  | {
      readonly kind: 'agent';
      readonly deployment: DeploymentId;
      readonly application: ApplicationId;
      readonly vm: VmId;
    }
  | { readonly kind: 'host'; readonly deployment: DeploymentId; readonly vm: VmId }
  | { readonly kind: 'user'; readonly deployment: DeploymentId; readonly name: UserName };

/** The SAN URI of an identity. */
export function formatIdentity(identity: Identity): string {
  const base = `spiffe://${identity.deployment}`;
  switch (identity.kind) {
    case 'director':
      return `${base}/director`;
    case 'manager':
      return `${base}/app/${identity.application}/manager/${identity.epoch}`;
    case 'agent':
      return `${base}/app/${identity.application}/agent/${identity.vm}`;
    case 'host':
      return `${base}/host/${identity.vm}`;
    case 'user':
      return `${base}/user/${identity.name}`;
  }
}

/** The identity a SAN URI states, or undefined where it is not exactly one of the five forms. */
export function parseIdentity(uri: string): Identity | undefined {
  const match = /^spiffe:\/\/([^/?#]+)\/([^?#]+)$/.exec(uri);
  const deployment = DeploymentId.safeParse(match?.[1]);
  if (!match || !deployment.success) return undefined;
  const [kind, first, second, third, ...rest] = (match[2] ?? '').split('/');
  if (rest.length > 0) return undefined;
  if (kind === 'director' && first === undefined) return { kind, deployment: deployment.data };
  if (kind === 'user' && second === undefined) {
    const name = UserName.safeParse(first);
    return name.success ? { kind, deployment: deployment.data, name: name.data } : undefined;
  }
  if (kind === 'host' && second === undefined) {
    const vm = VmId.safeParse(first);
    return vm.success ? { kind, deployment: deployment.data, vm: vm.data } : undefined;
  }
  if (kind !== 'app') return undefined;
  const application = ApplicationId.safeParse(first);
  if (!application.success) return undefined;
  if (second === 'manager' && /^[1-9][0-9]{0,8}$/.test(third ?? '')) {
    return { kind: 'manager', deployment: deployment.data, application: application.data, epoch: Number(third) };
  }
  const vm = VmId.safeParse(third);
  if (second === 'agent' && vm.success) {
    return { kind: 'agent', deployment: deployment.data, application: application.data, vm: vm.data };
  }
  return undefined;
}
