import { expect, test } from 'vitest';
import { ApplicationId, NodeId } from '../../remote/core/contract/ids.ts';
import type { VolumeInfo } from '../../remote/core/contract/volumes.ts';
import type { CloudTexts } from './texts.ts';
import { volumesText } from './volumes-text.ts';

const texts: Pick<CloudTexts['volumes'], 'count' | 'gigabytes' | 'together' | 'free' | 'priceUnknown' | 'unknown'> = {
  count: (count) => `${count} volumes`,
  gigabytes: (size) => `${size} GB`,
  together: (price) => `${price} together`,
  free: 'free',
  priceUnknown: 'price unknown',
  unknown: (count) => `${count} unknown`,
};

const volume = (sizeGb: number, pricePerHour?: number): VolumeInfo => ({
  ...{ name: 'app-1-s1-db-1', application: ApplicationId.parse('app-1'), node: NodeId.parse('db-1'), cloud: 'ec2' },
  ...{ sizeGb, state: 'attached', createdAt: 0, ...(pricePerHour === undefined ? {} : { pricePerHour }) },
});

test.each([
  { volumes: [volume(8, 0.001), volume(16, 0.002)], said: '2 volumes · 24 GB · 2.2 together' },
  // Of a price that is not known nothing is added up.
  { volumes: [volume(8, 0.001), volume(16)], said: '2 volumes · 24 GB · 0.7 together · 1 unknown' },
  { volumes: [volume(8), volume(16)], said: '2 volumes · 24 GB · price unknown' },
  { volumes: [volume(8, 0)], said: '1 volumes · 8 GB · free' },
])('$said', ({ volumes, said }) => {
  expect(volumesText(volumes, texts as CloudTexts['volumes'])).toBe(said);
});
