/** What a user says of a project of OpenStack, in two parts: what everybody may see, and what only the vault keeps. */
import { z } from 'zod';
import type { DeploymentId } from '../../contract/ids.ts';
import { pemCertificates } from '../machines/http.ts';

const thing = z.string().min(1).max(255);

export const OpenStackSettings = z.strictObject({
  region: thing.optional().describe('Region; the only one where empty'),
  architecture: z.enum(['x64', 'arm64']).default('x64').describe('Processor of the machines'),
  size: thing.optional().describe('Flavor of the machines; the smallest with 2 GB of memory where empty'),
  system: z
    .enum(['debian', 'ubuntu'])
    .default('debian')
    .describe('System of the machines: its newest long-term release that the cloud has'),
  image: thing.optional().describe('A certain image, by name or id'),
  network: thing.optional().describe("Network of the machines, by name or id; the project's only one where empty"),
  publicAddresses: z
    .enum(['all', 'director', 'none'])
    .default('all')
    .describe('Which machines get a floating IP, where the network has a router to the outside'),
  configDrive: z.boolean().default(true).describe('Machines read their first script from a disk, not from a service'),
  diskGb: z
    .number()
    .int()
    .min(8)
    .max(1000)
    .default(16)
    .describe('Size of the root disk in GB, for flavors that have none'),
});
export type OpenStackSettings = z.infer<typeof OpenStackSettings>;

export const OpenStackCredentials = z.strictObject({
  authUrl: z.url({ protocol: /^https?$/ }).describe('Address of the identity service (Keystone)'),
  applicationCredentialId: thing.optional().describe('Id of an application credential'),
  applicationCredentialSecret: z.string().min(1).max(1000).optional().describe('Secret of an application credential'),
  username: thing.optional().describe('User, where there is no application credential'),
  password: z.string().min(1).max(1000).optional().describe('Password of the user'),
  project: thing.optional().describe('Project of the user, by name or id'),
  userDomain: thing.optional().describe('Domain of the user; Default where empty'),
  projectDomain: thing.optional().describe('Domain of the project; that of the user where empty'),
  caCertificate: pemCertificates.optional().describe("Certificate of the cloud's own authority, PEM"),
});
export type OpenStackCredentials = z.infer<typeof OpenStackCredentials>;

/** Whether one of the two ways to sign in is complete; for `refine`. */
export function signsIn(given: Partial<OpenStackCredentials>): boolean {
  const { applicationCredentialId, applicationCredentialSecret, username, password, project } = given;
  return Boolean((applicationCredentialId && applicationCredentialSecret) || (username && password && project));
}

export const signInProblem = {
  path: ['applicationCredentialId'],
  error: 'Enter an application credential (id and secret), or user, password and project.',
};

/** What the provider is opened with. */
export interface OpenStackOptions {
  readonly deployment: DeploymentId;
  /** The director of the deployment is on another cloud. */
  readonly further?: boolean | undefined;
  readonly settings: OpenStackSettings;
  readonly credentials: OpenStackCredentials;
  /** Before a second attempt, milliseconds; for tests. */
  readonly pauseMs?: number;
}
