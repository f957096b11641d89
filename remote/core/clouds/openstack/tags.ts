/**
 * Our tags as OpenStack keeps them, from the first moment of a resource: metadata of servers and volumes, the description
 * of what Neutron has, whose own tags can only be set afterwards. Servers also have tags that lists can be asked by.
 */
import { z } from 'zod';
import type { Tags } from '../cloud.ts';

export interface Named {
  /** Our name of it. */
  readonly name: string;
  readonly tags: Tags;
}

export const Metadata = z.record(z.string(), z.string());

const key = {
  name: 'conpaas:name',
  deployment: 'conpaas:deployment',
  application: 'conpaas:application',
  operation: 'conpaas:operation',
} as const;

export function toMetadata({ name, tags: { deployment, application, operation } }: Named): Record<string, string> {
  return { [key.name]: name, [key.deployment]: deployment, [key.application]: application, [key.operation]: operation };
}

/** @returns undefined: it is not ours */
export function fromMetadata(metadata: Readonly<Record<string, string>>): Named | undefined {
  const deployment = metadata[key.deployment];
  if (deployment === undefined) return undefined;
  const of = (name: string): string => metadata[name] ?? '';
  return { name: of(key.name), tags: { deployment, application: of(key.application), operation: of(key.operation) } };
}

/** What lists of Cinder can be asked by: a dictionary of Python, which JSON is here. */
export const metadataOf = (deployment: string): string => JSON.stringify({ [key.deployment]: deployment });

export function toDescription({ name, tags: { deployment, application, operation } }: Named): string {
  return `conpaas deployment=${deployment} application=${application} operation=${operation} name=${name}`;
}

const Description = /^conpaas deployment=(\S+) application=(\S*) operation=(\S*) name=(\S*)$/;

/** @returns undefined: it is not ours */
export function fromDescription(description: string | null | undefined): Named | undefined {
  const [, deployment, application = '', operation = '', name = ''] = Description.exec(description ?? '') ?? [];
  return deployment === undefined ? undefined : { name, tags: { deployment, application, operation } };
}

/** Nova's tags: no commas, no slashes, 60 characters. */
export const anyTag = 'conpaas';
export const deploymentTag = (deployment: string): string => `conpaas-${deployment}`.slice(0, 60);

/** The name that is shown at the cloud, and the host name of machines. */
export const shownName = (name: string): string => `conpaas-${name}`;

/**
 * Milliseconds since the epoch; 0 where it cannot be read. Cinder writes no zone and means UTC.
 * @param text as `2026-01-31T10:00:00Z` or `2026-01-31T10:00:00.000000`
 */
export const timeOf = (text: string): number => Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`) || 0;
