/** What a user says of an OpenNebula, in two parts: what everybody may see, and what only the vault keeps. */
import { z } from 'zod';
import type { DeploymentId } from '../../contract/ids.ts';
import { pemCertificates } from '../machines/http.ts';

const thing = z.string().min(1).max(128);

export const OpenNebulaSettings = z.strictObject({
  architecture: z.enum(['x64', 'arm64']).default('x64').describe('Processor of the machines'),
  size: z.string().max(40).default('1cpu-2gb').describe('Virtual CPUs and memory of the machines, as 2cpu-4gb'),
  system: z.enum(['debian', 'ubuntu']).default('debian').describe('System of the machines, where no template is named'),
  template: thing
    .optional()
    .describe('Template of the machines, by name or id; the newest whose name tells of the system where empty'),
  network: thing.optional().describe('Network of the machines, by name or id; that of the template where empty'),
  datastore: thing.optional().describe('Datastore of volumes, by name or id; the one with most room where empty'),
  contextualization: z
    .enum(['one-context', 'cloud-init'])
    .default('one-context')
    .describe("What runs a machine's first script: OpenNebula's own packages, as in its marketplace, or cloud-init"),
  diskGb: z.number().int().min(8).max(1000).default(16).describe('Size of the root disk in GB'),
});
export type OpenNebulaSettings = z.infer<typeof OpenNebulaSettings>;

export const OpenNebulaCredentials = z.strictObject({
  endpoint: z.url({ protocol: /^https?$/ }).describe('Address of the API (XML-RPC)'),
  username: z
    .string()
    .regex(/^[^:\s]{1,128}$/)
    .describe('User'),
  password: z.string().min(1).max(1000).describe('Password, or a login token'),
  caCertificate: pemCertificates.optional().describe("Certificate of the cloud's own authority, PEM"),
});
export type OpenNebulaCredentials = z.infer<typeof OpenNebulaCredentials>;

/** What the provider is opened with. */
export interface OpenNebulaOptions {
  readonly deployment: DeploymentId;
  /** The director of the deployment is on another cloud. */
  readonly further?: boolean | undefined;
  readonly settings: OpenNebulaSettings;
  readonly credentials: OpenNebulaCredentials;
  /** Before a second attempt, milliseconds; for tests. */
  readonly pauseMs?: number;
}
