/** Our tags as a container engine keeps them: labels, from the first moment of a resource. */
import type { Tags } from '../cloud.ts';

const deploymentLabel = 'conpaas.deployment';
const applicationLabel = 'conpaas.application';
const operationLabel = 'conpaas.operation';
const nameLabel = 'conpaas.name';
/** The address that a machine was given for its life. */
export const addressLabel = 'conpaas.address';
export const sizeLabel = 'conpaas.size';
/** Of a machine: which ports of this computer lead to it. Of a network: that its machines are reached so. */
export const portsLabel = 'conpaas.ports';

export function toLabels(name: string, { deployment, application, operation }: Tags): Record<string, string> {
  return {
    [nameLabel]: name,
    [deploymentLabel]: deployment,
    [applicationLabel]: application,
    [operationLabel]: operation,
  };
}

/** @returns our name of a resource and its tags */
export function fromLabels(labels: Readonly<Record<string, string>>): { readonly name: string; readonly tags: Tags } {
  const of = (key: string): string => labels[key] ?? '';
  return {
    name: of(nameLabel),
    tags: { deployment: of(deploymentLabel), application: of(applicationLabel), operation: of(operationLabel) },
  };
}

/** The query that lists what is of any deployment. */
export const anyDeployment: Record<string, string> = { filters: JSON.stringify({ label: [deploymentLabel] }) };

/** The query that lists only what is of a deployment. */
export function ofDeployment(deployment: string): Record<string, string> {
  return { filters: JSON.stringify({ label: [`${deploymentLabel}=${deployment}`] }) };
}
