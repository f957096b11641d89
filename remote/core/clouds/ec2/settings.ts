/** What a user says of an EC2 account, in two parts: what everybody may see, and what only the vault keeps. */
import { z } from 'zod';
import type { DeploymentId } from '../../contract/ids.ts';

export const Ec2Settings = z.strictObject({
  region: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/)
    .default('eu-central-1')
    .describe('Region, as eu-central-1'),
  endpoint: z.url().optional().describe('Address of the API of another EC2-compatible cloud'),
  architecture: z.enum(['x64', 'arm64']).default('x64').describe('Processor of the machines'),
  size: z
    .string()
    .regex(/^[a-z0-9.-]{1,40}$/)
    .optional()
    .describe('Instance type of the machines, as t3.small'),
  system: z
    .enum(['debian', 'ubuntu'])
    .default('debian')
    .describe('System of the machines: its newest long-term release'),
  image: z
    .string()
    .regex(/^ami-[0-9a-z]+$/)
    .optional()
    .describe('A certain image (AMI), in place of the newest of the system'),
  vpc: z.string().optional().describe('Network (VPC); the default one where empty'),
  subnet: z.string().optional().describe('Subnet; one of the default ones where empty'),
  spot: z.boolean().default(false).describe('Spot instances: cheaper, and the cloud may take them back at any time'),
  diskGb: z.number().int().min(8).max(1000).default(16).describe('Size of the root disk in GB'),
});
export type Ec2Settings = z.infer<typeof Ec2Settings>;

export const Ec2Credentials = z.strictObject({
  accessKeyId: z.string().min(4).max(200).describe('Access key id'),
  secretAccessKey: z.string().min(4).max(500).describe('Secret access key'),
  sessionToken: z.string().max(5000).optional().describe('Session token, for keys that end'),
});
export type Ec2Credentials = z.infer<typeof Ec2Credentials>;

/** What the provider is opened with. */
export interface Ec2Options {
  readonly deployment: DeploymentId;
  /** The director of the deployment is on another cloud. */
  readonly further?: boolean | undefined;
  readonly settings: Ec2Settings;
  readonly credentials: Ec2Credentials;
}
