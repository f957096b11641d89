/** Sizes of machines with their prices. Prices are a dated table: EC2's own price service needs other permissions. */
import { DescribeInstanceTypesCommand, type InstanceTypeInfo } from '@aws-sdk/client-ec2';
import type { Offer } from '../cloud.ts';
import type { Ec2Api } from './api.ts';
import prices from './prices.json' with { type: 'json' };
import type { Ec2Settings } from './settings.ts';

/** US dollars an hour, on demand; undefined where the table does not tell. Spot prices change by the minute: unknown. */
export function priceOf({ region, spot, endpoint }: Ec2Settings, size: string): number | undefined {
  if (spot || endpoint !== undefined) return undefined;
  const regions: Readonly<Record<string, Readonly<Record<string, number>>>> = prices.regions;
  return regions[region]?.[size];
}

/** US dollars a month for a GB of a volume (gp3); undefined where the table does not tell. */
export function volumePriceOf({ region, endpoint }: Ec2Settings): number | undefined {
  if (endpoint !== undefined) return undefined;
  const known: Readonly<Record<string, number>> = prices.gp3;
  return known[region];
}

/** US dollars a month for a GB of a snapshot; undefined where the table does not tell. */
export function snapshotPriceOf({ region, endpoint }: Ec2Settings): number | undefined {
  if (endpoint !== undefined) return undefined;
  const known: Readonly<Record<string, number>> = prices.snapshot;
  return known[region];
}

/** What general-purpose machines of today have; old and exotic families are left out of the list, not forbidden. */
const families = ['t3', 't3a', 't4g', 'm5', 'm6i', 'm6g', 'm7i', 'm7g', 'c5', 'c6i', 'c6g', 'c7g', 'r5', 'r6i', 'r6g'];

/** All sizes of the families that the region has for the architecture, cheapest first, unknown prices last. */
export async function listOffers(api: Ec2Api, settings: Ec2Settings, signal: AbortSignal): Promise<Offer[]> {
  const offers: Offer[] = [];
  let next: string | undefined;
  do {
    const page = await api.call(
      DescribeInstanceTypesCommand,
      {
        Filters: [
          { Name: 'instance-type', Values: families.map((family) => `${family}.*`) },
          {
            Name: 'processor-info.supported-architecture',
            Values: [settings.architecture === 'x64' ? 'x86_64' : 'arm64'],
          },
        ],
        MaxResults: 100,
        ...(next === undefined ? {} : { NextToken: next }),
      },
      signal,
    );
    offers.push(...(page.InstanceTypes ?? []).flatMap((type) => toOffer(type, settings)));
    next = page.NextToken || undefined;
  } while (next !== undefined);
  const price = ({ pricePerHour }: Offer): number => pricePerHour ?? Number.POSITIVE_INFINITY;
  return offers.sort((a, b) => price(a) - price(b) || a.memoryMb - b.memoryMb || (a.name < b.name ? -1 : 1));
}

function toOffer({ InstanceType, VCpuInfo, MemoryInfo }: InstanceTypeInfo, settings: Ec2Settings): Offer[] {
  const cpus = VCpuInfo?.DefaultVCpus;
  const memoryMb = MemoryInfo?.SizeInMiB;
  if (InstanceType === undefined || cpus === undefined || memoryMb === undefined) return [];
  return [{ name: InstanceType, cpus, memoryMb, pricePerHour: priceOf(settings, InstanceType) }];
}
