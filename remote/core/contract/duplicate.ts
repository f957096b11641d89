/** A new application like another one: its manifest, code and configuration, not its data. */
import { z } from 'zod';
import { ApplicationId, OperationId } from './ids.ts';
import { method } from './method.ts';

const secret = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/);

export const directorDuplicateMethods = {
  duplicate_application: method({
    kind: 'command',
    params: z.strictObject({
      application: z.string().min(1),
      name: z.string().min(1).max(100),
      /** Name of a cloud that all its services go to; absent: each where the original has it. */
      cloud: z.string().max(100).optional(),
      /** Secrets whose values are copied at the director, without leaving it. */
      copySecrets: z.array(secret).max(200).default([]),
      /** New values for others. */
      secrets: z.record(secret, z.string().max(65_536)).default({}),
    }),
    result: z.object({ application: ApplicationId, operation: OperationId }),
    callers: ['user'],
    since: 1,
    doc: 'Makes a new application from the manifest, code and configuration of another, without its data.',
  }),
};
