/** Our tags as EC2 keeps them, from the first moment of a resource. */
import type { _InstanceType, Filter, ResourceType, Tag, TagSpecification } from '@aws-sdk/client-ec2';
import type { Tags } from '../cloud.ts';
import { deploymentTag } from './policy.ts';

const applicationTag = 'conpaas:application';
const operationTag = 'conpaas:operation';
const nameTag = 'conpaas:name';

export function toTags(name: string, { deployment, application, operation }: Tags): Tag[] {
  return [
    { Key: 'Name', Value: `conpaas ${name}` },
    { Key: nameTag, Value: name },
    { Key: deploymentTag, Value: deployment },
    { Key: applicationTag, Value: application },
    { Key: operationTag, Value: operation },
  ];
}

export function tagged(kinds: readonly ResourceType[], name: string, tags: Tags): TagSpecification[] {
  return kinds.map((ResourceType) => ({ ResourceType, Tags: toTags(name, tags) }));
}

/** @returns our name of a resource and its tags */
export function fromTags(tags: readonly Tag[] | undefined): { readonly name: string; readonly tags: Tags } {
  const of = (key: string): string => tags?.find(({ Key }) => Key === key)?.Value ?? '';
  return {
    name: of(nameTag),
    tags: { deployment: of(deploymentTag), application: of(applicationTag), operation: of(operationTag) },
  };
}

/** What lists only what is ours. */
export const ofDeployment = (deployment: string): Filter => ({ Name: `tag:${deploymentTag}`, Values: [deployment] });

/** What lists what is of any deployment. */
export const ofAnyDeployment: Filter = { Name: 'tag-key', Values: [deploymentTag] };

export type InstanceType = _InstanceType;
