/** Images of the systems that machines may have: found by who publishes them and how they are named, never by id. */
import { DescribeImagesCommand } from '@aws-sdk/client-ec2';
import { ConpaasError } from '../../contract/errors.ts';
import { chosenImage } from '../machines/images.ts';
import type { Ec2Api } from './api.ts';
import { listOwnImages } from './own-images.ts';
import type { Ec2Settings } from './settings.ts';

interface Publisher {
  /** Account of the publisher. Debian: https://wiki.debian.org/Cloud/AmazonEC2Image, Canonical: https://ubuntu.com/server/docs/cloud-images/amazon-ec2 */
  readonly owner: string;
  /** What names of long-term releases look like; `ARCH` is put in. */
  readonly names: readonly string[];
  readonly architectures: Readonly<Record<Ec2Settings['architecture'], string>>;
}

const architectures = { x64: 'amd64', arm64: 'arm64' } as const;

const publishers: Readonly<Record<Ec2Settings['system'], Publisher>> = {
  debian: { owner: '136693071363', names: ['debian-12-ARCH-2*'], architectures },
  ubuntu: {
    owner: '099720109477',
    // Long-term releases come out in April of even years.
    names: ['22.04', '24.04', '26.04'].flatMap((release) => [
      `ubuntu/images/hvm-ssd/ubuntu-*-${release}-ARCH-server-2*`,
      `ubuntu/images/hvm-ssd-gp3/ubuntu-*-${release}-ARCH-server-2*`,
    ]),
    architectures,
  },
};

export interface Image {
  readonly id: string;
  readonly name: string;
  /** Device of the root disk, e.g. `/dev/xvda`. */
  readonly rootDevice: string;
  /** Of its root disk; undefined where the cloud does not tell. */
  readonly sizeGb?: number | undefined;
}

/**
 * What machines are made of: what the user says, the newest of ours, the newest of the system's publisher.
 * @throws ConpaasError cloud_failed where the region has none
 */
export async function findImage(api: Ec2Api, settings: Ec2Settings, signal: AbortSignal): Promise<Image> {
  const own = settings.image === undefined && chosenImage(await listOwnImages(api, signal), settings);
  return own || findPlainImage(api, settings, signal);
}

/**
 * What the user says, or the newest of the system's publisher.
 * @throws ConpaasError cloud_failed where the region has none
 */
export async function findPlainImage(api: Ec2Api, settings: Ec2Settings, signal: AbortSignal): Promise<Image> {
  const { architecture, image, system } = settings;
  const { owner, names, architectures: words } = publishers[system];
  const wanted = names.map((name) => name.replace('ARCH', words[architecture]));
  const { Images = [] } = await api.call(
    DescribeImagesCommand,
    image === undefined
      ? {
          Owners: [owner],
          Filters: [
            { Name: 'name', Values: wanted },
            { Name: 'state', Values: ['available'] },
          ],
        }
      : { ImageIds: [image] },
    signal,
  );
  // The release, then the day it was made.
  const newest = [...Images].sort(
    (a, b) => rank(b) - rank(a) || ((a.CreationDate ?? '') < (b.CreationDate ?? '') ? 1 : -1),
  )[0];
  if (newest?.ImageId === undefined) {
    const what = image ?? `of ${system} for ${architecture}`;
    throw new ConpaasError(
      'cloud_failed',
      `There is no image ${what} in ${settings.region}. Choose another system or image.`,
    );
  }
  const {
    ImageId: id,
    Name: called = id,
    RootDeviceName: rootDevice = '/dev/xvda',
    BlockDeviceMappings: disks,
  } = newest;
  const sizeGb = disks?.find(({ DeviceName }) => DeviceName === rootDevice)?.Ebs?.VolumeSize;
  return { id, name: called, rootDevice, sizeGb };
}

/** Which release of the system an image is of, as `debian-12`; of one that the user names nobody knows. */
export function baseOf({ name }: Image, { system }: Ec2Settings): string {
  const [, release] = /^debian-(\d+)-/.exec(name) ?? /-(\d\d\.\d\d)-/.exec(name) ?? [];
  return `${system}-${release ?? 0}`;
}

/** Of Ubuntu's names the release, as a number; others have one release only. */
function rank({ Name = '' }: { readonly Name?: string | undefined }): number {
  return Number(/-(\d\d\.\d\d)-/.exec(Name)?.[1] ?? 0);
}
