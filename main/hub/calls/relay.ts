/** Methods of the contract, called as they are. */
import { z } from 'zod';
import { application, method } from './common.ts';

/** One method of the contract, for the page that lists them. */
export interface MethodDescription {
  readonly served: 'director' | 'manager' | 'agent';
  readonly name: string;
  readonly kind: string;
  readonly callers: readonly string[];
  readonly since: number;
  readonly doc: string;
  /** JSON Schema. */
  readonly params: unknown;
}

export const relayCalls = {
  /** A query or command of the director's contract. */
  director: z.strictObject({ method, params: z.record(z.string(), z.unknown()) }),
  /** A query or command of an application's manager. */
  manager: z.strictObject({ application, method, params: z.record(z.string(), z.unknown()) }),
  describe_methods: z.strictObject({}),
  /** Opens the address of an application (or of one of its services) in the browser. */
  open_address: z.strictObject({ application, service: z.string().optional() }),
} as const;

export interface RelayResults {
  director: unknown;
  manager: unknown;
  describe_methods: readonly MethodDescription[];
  open_address: null;
}
