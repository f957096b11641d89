/** Our tags as OpenNebula keeps them, from the first moment of a thing: attributes of its template. */
import type { Tags } from '../cloud.ts';

const attribute = {
  name: 'CONPAAS_NAME',
  deployment: 'CONPAAS_DEPLOYMENT',
  application: 'CONPAAS_APPLICATION',
  operation: 'CONPAAS_OPERATION',
} as const;

export function toAttributes(name: string, { deployment, application, operation }: Tags): Record<string, string> {
  return {
    [attribute.name]: name,
    [attribute.deployment]: deployment,
    // An attribute without a value is none.
    ...(application === '' ? {} : { [attribute.application]: application }),
    ...(operation === '' ? {} : { [attribute.operation]: operation }),
  };
}

export interface Named {
  readonly name: string;
  readonly tags: Tags;
}

/** @returns undefined: it is not ours */
export function fromAttributes(attributes: Readonly<Record<string, unknown>>): Named | undefined {
  const of = (key: string): string => String(attributes[key] ?? '');
  const deployment = of(attribute.deployment);
  if (deployment === '') return undefined;
  return {
    name: of(attribute.name),
    tags: { deployment, application: of(attribute.application), operation: of(attribute.operation) },
  };
}
