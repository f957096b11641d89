/** Addresses of EC2 that stay (Elastic IP). https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/elastic-ip-addresses-eip.html */
import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  DescribeAddressesCommand,
  DisassociateAddressCommand,
  type Address as Ec2Address,
  type Filter,
  ReleaseAddressCommand,
} from '@aws-sdk/client-ec2';
import { ConpaasError } from '../../contract/errors.ts';
import type { StableAddress, StableAddresses } from '../cloud.ts';
import type { Ec2Api } from './api.ts';
import { isNotFound } from './errors.ts';
import { fromTags, ofDeployment, tagged } from './tags.ts';

export function createAddresses(api: Ec2Api, deployment: string): StableAddresses {
  const described = (signal: AbortSignal): Promise<Ec2Address[]> =>
    describeAddresses(api, ofDeployment(deployment), signal);
  const list = async (signal: AbortSignal): Promise<StableAddress[]> =>
    (await described(signal)).flatMap(toAddress).sort((a, b) => (a.id < b.id ? -1 : 1));

  return {
    available: async () => true,
    list,
    async reserve({ name, tags }, signal) {
      const present = (await list(signal)).find((one) => one.name === name);
      if (present) return present;
      const made = await api.call(
        AllocateAddressCommand,
        { Domain: 'vpc', TagSpecifications: tagged(['elastic-ip'], name, tags) },
        signal,
      );
      const [address] = toAddress({ ...made, Tags: tagged(['elastic-ip'], name, tags)[0]?.Tags });
      if (address) return address;
      throw new ConpaasError('cloud_failed', `The cloud does not tell of the address ${name} that it made.`, {
        retry: true,
      });
    },
    async assign(id, machine, signal) {
      const present = (await list(signal)).find((one) => one.id === id);
      if (!present) throw new ConpaasError('not_found', `There is no address ${id}.`);
      if (present.heldBy === machine) return;
      const given = { AllocationId: id, InstanceId: machine, AllowReassociation: true };
      await api.call(AssociateAddressCommand, given, signal);
    },
    async release(id, signal) {
      const present = (await described(signal)).find(({ AllocationId }) => AllocationId === id);
      if (!present) return; // not there, or not ours
      try {
        const { AssociationId } = present;
        if (AssociationId) await api.call(DisassociateAddressCommand, { AssociationId }, signal, isNotFound);
        await api.call(ReleaseAddressCommand, { AllocationId: id }, signal, isNotFound);
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    },
  };
}

/** All that a filter lets through; EC2 tells them all at once. */
export async function describeAddresses(api: Ec2Api, filter: Filter, signal: AbortSignal): Promise<Ec2Address[]> {
  const { Addresses = [] } = await api.call(DescribeAddressesCommand, { Filters: [filter] }, signal);
  return Addresses;
}

function toAddress({ AllocationId, PublicIp, InstanceId, Tags }: Ec2Address): StableAddress[] {
  if (AllocationId === undefined || PublicIp === undefined) return [];
  return [{ ...fromTags(Tags), id: AllocationId, address: PublicIp, heldBy: InstanceId || undefined }];
}
