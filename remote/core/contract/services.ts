/** What a manager serves for one service beside the basics: replacing nodes, scripts, health checks, comparing files. */
import { z } from 'zod';
import { method } from './method.ts';
import { Started } from './operation.ts';
import { HealthCheck, longestScript, ScriptOutput } from './scripts.ts';

const service = z.string().min(1);
const variableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, 'A name of letters, digits and _ is expected');
const path = z.string().min(1).max(1024);

export const serviceMethods = {
  replace_node: method({
    kind: 'command',
    params: z.strictObject({ node: z.string() }),
    result: Started,
    callers: ['user'],
    since: 1,
    doc: 'Starts a fresh node in the place of one, then drains and removes that one.',
  }),
  set_health_check: method({
    kind: 'command',
    params: z.strictObject({ service, healthCheck: HealthCheck.nullable() }),
    result: Started,
    callers: ['user'],
    since: 1,
    doc: 'How to tell that the code works (null: the default check); it counts from the next change of code on.',
  }),
  set_service_secrets: method({
    kind: 'command',
    params: z.strictObject({ service, secrets: z.array(variableName).max(200) }),
    result: Started,
    callers: ['user'],
    since: 1,
    doc: 'Names of the secrets that the code of a service gets as environment variables (all of them).',
  }),
  read_startup_script: method({
    kind: 'query',
    params: z.strictObject({ service }),
    result: z.object({
      /** undefined: there is none. */
      script: z.string().optional(),
      blob: z.string().optional(),
    }),
    callers: ['user'],
    since: 1,
    doc: 'Text of the startup script of a service.',
  }),
  write_startup_script: method({
    kind: 'command',
    params: z.strictObject({ service, script: z.string().min(1).max(longestScript) }),
    result: Started,
    callers: ['user'],
    since: 1,
    doc: 'Sets the startup script by its text; it runs once on each node, at once on those there are.',
  }),
  dry_run_script: method({
    kind: 'stream',
    params: z.strictObject({
      service,
      /** Default: a running node of the default role. */
      node: z.string().optional(),
      script: z.string().min(1).max(longestScript),
      network: z.boolean().default(false),
    }),
    result: ScriptOutput,
    callers: ['user'],
    since: 1,
    doc: "Runs a script on a scratch copy of a node's working directory, contained and without network unless asked for, and shows what it says.",
  }),
  compare_files: method({
    kind: 'query',
    params: z.strictObject({
      service,
      /** Default: the live one. */
      version: z.string().optional(),
      /** Paths with the SHA-256 of their contents. */
      files: z.array(z.tuple([path, z.string().regex(/^[0-9a-f]{64}$/)])).max(100_000),
    }),
    result: z.object({
      /** undefined: there is none to compare with. */
      version: z.string().optional(),
      added: z.array(z.string()),
      changed: z.array(z.string()),
      removed: z.array(z.string()),
    }),
    callers: ['user'],
    since: 1,
    doc: 'What files would change against a code version, told by their hashes before anything is uploaded.',
  }),
};
