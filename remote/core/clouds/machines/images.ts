/**
 * Images of ours at a cloud: the distribution's own, with engines and Node in them. What one is, its name says; it belongs
 * to no deployment, and every deployment on that cloud makes its machines of the newest that fits.
 */
import { DeploymentId, newId } from '../../contract/ids.ts';
import type { Architecture } from '../../contract/runtimes.ts';
import type { Tags } from '../cloud.ts';

/** What the name of an image says. */
export interface ImageFacts {
  /** Of ConPaaS, whose packages and Node are in it: `1.2.0`. */
  readonly release: string;
  /** What it was made of: `debian-12`. */
  readonly base: string;
  readonly architecture: Architecture;
  /** What has made it, a deployment of its own: `image-abcdefghijkl`. */
  readonly builder: string;
}

export interface CloudImage extends ImageFacts {
  /** As the cloud calls it. */
  readonly id: string;
  readonly name: string;
  readonly state: 'creating' | 'available' | 'failed';
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Of the disk that is made of it; undefined where the cloud does not tell. */
  readonly sizeGb?: number | undefined;
}

export interface ImageRequest {
  /** Unique at the cloud, as {@link imageName} makes it; the same name never makes two. */
  readonly name: string;
  readonly tags: Tags;
  /** Id of a machine that is stopped, whose root disk it is to be. */
  readonly server: string;
}

/** Every method is idempotent. Only images of our own account count, whatever others share with it. */
export interface Images {
  /** What machines are made of where there is no image of ours. */
  base(signal: AbortSignal): Promise<Pick<ImageFacts, 'base' | 'architecture'>>;
  /** All of ours, whoever has made them, unfinished ones too. */
  list(signal: AbortSignal): Promise<readonly CloudImage[]>;
  /** Begins to make one; it is there once the list says that it is available. */
  create(request: ImageRequest, signal: AbortSignal): Promise<Pick<CloudImage, 'id'>>;
  /** With all that it is stored in. What is not there, or not ours, is left alone. */
  destroy(id: string, signal: AbortSignal): Promise<void>;
  /** What one costs. Absent: the cloud tells no prices. */
  prices?(signal: AbortSignal): Promise<ImagePrices>;
}

/** US dollars; undefined where unknown. */
export interface ImagePrices {
  /** Of the machine that one is made of, an hour. */
  readonly machineHour?: number | undefined;
  /** Of a GB of the image, a month. */
  readonly gbMonth?: number | undefined;
}

const builderPrefix = 'image';
/** As ids have them. */
const digits = 'abcdefghijklmnopqrstuvwxyz234567';
const Name =
  /^conpaas-(\d[0-9A-Za-z._]*)-([a-z]+-[0-9.]+)-(x64|arm64)-(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-([a-z2-7]{12})$/;

/** A deployment that is there while an image is made, and has no director. Its id tells when that began. */
export function newBuilder(at: number): DeploymentId {
  let seconds = Math.floor(at / 1000);
  let text = '';
  for (let digit = 0; digit < 7; digit += 1) {
    text = `${digits[seconds % 32]}${text}`;
    seconds = Math.floor(seconds / 32);
  }
  return DeploymentId.parse(newId(`${builderPrefix}-${text}`, 5).replace(/-(?=[^-]*$)/, ''));
}

/** Whether a deployment is one that makes an image: what is left of it was cut short. */
export const isBuilder = (deployment: string): boolean => /^image-[a-z2-7]{12}$/.test(deployment);

/** When it began, milliseconds since the epoch. */
export function begunAt(builder: string): number {
  const text = builder.slice(builderPrefix.length + 1, builderPrefix.length + 8);
  return [...text].reduce((seconds, digit) => seconds * 32 + digits.indexOf(digit), 0) * 1000;
}

/**
 * Letters, digits, hyphens, dots: every cloud takes it. As `conpaas-1.2.0-debian-12-x64-20260131-101500-abcdefghijkl`.
 * @param at milliseconds since the epoch
 */
export function imageName({ release, base, architecture, builder }: ImageFacts, at: number): string {
  const time = new Date(at).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  // What says which commit a release is of is of no interest here, and EC2 does not take it.
  const [version = ''] = release.replaceAll('-', '_').split('+');
  return ['conpaas', version, base, architecture, time, builder.slice(builderPrefix.length + 1)].join('-');
}

/** @returns undefined: it is none of ours */
export function factsOf(name: string): (ImageFacts & Pick<CloudImage, 'createdAt'>) | undefined {
  const [, release, base, architecture, ...rest] = Name.exec(name) ?? [];
  if (release === undefined || base === undefined || architecture === undefined) return undefined;
  const [year, month, day, hour, minute, second, builder] = rest;
  return {
    release: release.replaceAll('_', '-'),
    base,
    architecture: architecture === 'arm64' ? 'arm64' : 'x64',
    createdAt: Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`),
    builder: `${builderPrefix}-${builder}`,
  };
}

/**
 * The newest image that machines can be made of.
 * @param wanted what they run, of any release where that is not said: `debian`; and what processor they have
 */
export function chosenImage<Image extends CloudImage>(
  images: readonly Image[],
  wanted: { readonly system: string; readonly architecture: Architecture },
): Image | undefined {
  const fitting = images.filter(
    ({ state, base, architecture }) =>
      state === 'available' &&
      (base === wanted.system || base.startsWith(`${wanted.system}-`)) &&
      architecture === wanted.architecture,
  );
  return fitting.sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1))[0];
}

/** What a cut-short making of an image has left: among the belongings of its deployment. */
export const unfinished = (images: readonly CloudImage[]): readonly CloudImage[] =>
  images.filter(({ state }) => state !== 'available');

/** An unfinished image as something that carries the tag of its deployment. */
export const belongingOf = ({ id, name, builder, createdAt }: CloudImage) => ({
  ...{ kind: 'image', id, name, createdAt },
  tags: { deployment: builder, application: '', operation: '' },
});
