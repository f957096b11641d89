/** Where machines stand and who reaches them: VPC, subnets by zone, and one security group a deployment. */
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  type Filter,
  type SecurityGroup,
} from '@aws-sdk/client-ec2';
import { ConpaasError } from '../../contract/errors.ts';
import { providerPorts } from '../machines/ports.ts';
import type { Ec2Api } from './api.ts';
import type { Ec2Options } from './settings.ts';
import { ofDeployment, tagged } from './tags.ts';

export interface Subnet {
  readonly id: string;
  readonly zone: string;
}

export interface Network {
  readonly vpc: string;
  /** Where machines may stand, by zone. */
  readonly subnets: readonly Subnet[];
}

/** The chosen or the default network. @throws ConpaasError cloud_failed where there is none */
export async function findNetwork(api: Ec2Api, { settings }: Ec2Options, signal: AbortSignal): Promise<Network> {
  const vpc = settings.vpc ?? (await defaultVpc(api, settings.region, signal));
  const { Subnets = [] } = await api.call(
    DescribeSubnetsCommand,
    {
      Filters: [
        { Name: 'vpc-id', Values: [vpc] },
        ...(settings.subnet === undefined
          ? [{ Name: 'state', Values: ['available'] }]
          : [{ Name: 'subnet-id', Values: [settings.subnet] }]),
      ],
    },
    signal,
  );
  const subnets = Subnets.flatMap(({ SubnetId, AvailabilityZone }) =>
    SubnetId !== undefined && AvailabilityZone !== undefined ? [{ id: SubnetId, zone: AvailabilityZone }] : [],
  ).sort((a, b) => (a.zone < b.zone ? -1 : 1));
  if (subnets.length > 0) return { vpc, subnets };
  throw new ConpaasError(
    'cloud_failed',
    `The network ${vpc} has no subnet for machines. Choose another network or subnet.`,
  );
}

async function defaultVpc(api: Ec2Api, region: string, signal: AbortSignal): Promise<string> {
  const { Vpcs = [] } = await api.call(
    DescribeVpcsCommand,
    { Filters: [{ Name: 'is-default', Values: ['true'] }] },
    signal,
  );
  const [found] = Vpcs;
  if (found?.VpcId !== undefined) return found.VpcId;
  throw new ConpaasError('cloud_failed', `The account has no default network in ${region}. Name a VPC and a subnet.`);
}

/** Groups that a filter lets through. */
export async function describeGroups(api: Ec2Api, filter: Filter, signal: AbortSignal): Promise<SecurityGroup[]> {
  const { SecurityGroups = [] } = await api.call(DescribeSecurityGroupsCommand, { Filters: [filter] }, signal);
  return SecurityGroups;
}

/** Groups of ours. */
export function listGroups(api: Ec2Api, deployment: string, signal: AbortSignal): Promise<SecurityGroup[]> {
  return describeGroups(api, ofDeployment(deployment), signal);
}

/**
 * The deployment's group: all within it, and from outside the few ports that people and the desktop need.
 * @returns its id
 */
export async function ensureGroup(
  api: Ec2Api,
  { deployment, further }: Ec2Options,
  vpc: string,
  signal: AbortSignal,
): Promise<string> {
  const name = `conpaas-${deployment}`;
  const find = async () => (await listGroups(api, deployment, signal)).find(({ VpcId }) => VpcId === vpc)?.GroupId;
  const found = (await find()) ?? (await createGroup(api, name, deployment, vpc, signal)) ?? (await find());
  if (found === undefined)
    throw new ConpaasError('cloud_failed', `The security group ${name} was not made.`, { retry: true });
  const isThere = (error: unknown): boolean => error instanceof Error && error.name === 'InvalidPermission.Duplicate';
  // One call each: EC2 refuses a list as a whole where one of its rules is there.
  const rules = [
    { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: found }] },
    ...providerPorts(further).map((port) => ({
      IpProtocol: 'tcp',
      FromPort: port,
      ToPort: port,
      IpRanges: [{ CidrIp: '0.0.0.0/0' }],
    })),
  ];
  for (const rule of rules) {
    try {
      const params = { GroupId: found, IpPermissions: [rule] };
      await api.call(AuthorizeSecurityGroupIngressCommand, params, signal, isThere);
    } catch (error) {
      if (!isThere(error)) throw error;
    }
  }
  return found;
}

/** @returns undefined where somebody else has made it meanwhile */
async function createGroup(
  api: Ec2Api,
  name: string,
  deployment: string,
  vpc: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const isThere = (error: unknown): boolean => error instanceof Error && error.name === 'InvalidGroup.Duplicate';
  try {
    const made = await api.call(
      CreateSecurityGroupCommand,
      {
        GroupName: name,
        Description: 'Machines of a ConPaaS deployment',
        VpcId: vpc,
        TagSpecifications: tagged(['security-group'], name, { deployment, application: '', operation: '' }),
      },
      signal,
      isThere,
    );
    return made.GroupId;
  } catch (error) {
    if (isThere(error)) return undefined;
    throw error;
  }
}
