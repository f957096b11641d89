/** Images of the systems that machines may have: by what Glance tells of them, or by their names; never by fixed ids. */
import { ConpaasError } from '../../contract/errors.ts';
import { chosenImage } from '../machines/images.ts';
import type { OpenStackApi } from './api.ts';
import { Image } from './glance-image.ts';
import { toOwnImage } from './own-images.ts';
import type { OpenStackSettings } from './settings.ts';

/** Releases that ConPaaS knows, newest last. Ubuntu's long-term ones come out in April of even years. */
const releases: Readonly<Record<OpenStackSettings['system'], readonly string[]>> = {
  debian: ['12'],
  ubuntu: ['22.04', '24.04', '26.04'],
};
/** How Glance (after libosinfo and uname) and names call processors. */
const processors = { x64: /x86[_-]64|amd64/i, arm64: /aarch64|arm64/i } as const;

export interface ImageWish {
  /** The distribution's own, though there is one of ours. */
  readonly plain: boolean;
  /** What an image is put on, GB; undefined: it will be large enough. */
  readonly diskGb?: number | undefined;
}

/**
 * What machines are made of: what the user says, the newest of ours that their disk has room for, the newest of the system.
 * @throws ConpaasError cloud_failed where the cloud has none that fits
 */
export async function findImage(
  api: OpenStackApi,
  settings: OpenStackSettings,
  { plain, diskGb = Number.POSITIVE_INFINITY }: ImageWish,
  signal: AbortSignal,
): Promise<Image> {
  const { image: wanted, system, architecture } = settings;
  const query = { status: 'active' };
  const images = await api.list({ service: 'image', path: '/images', query, key: 'images' }, Image, signal);
  const project = await api.project(signal);
  const own = images.flatMap((image) => toOwnImage(image, project));
  if (wanted === undefined && !plain) {
    const chosen = chosenImage(
      own.filter(({ sizeGb = 0 }) => sizeGb <= diskGb),
      settings,
    );
    const found = chosen && images.find(({ id }) => id === chosen.id);
    if (found) return found;
  }
  const ofOurs = new Set(own.map(({ id }) => id));
  const fitting =
    wanted === undefined
      ? images.filter(
          (image) => !ofOurs.has(image.id) && releaseOf(image, system) !== undefined && runsOn(image, architecture),
        )
      : images.filter(({ id, name }) => id === wanted || name === wanted);
  const rank = (image: Image): number => releases[system].indexOf(releaseOf(image, system) ?? '');
  const [newest] = fitting.sort((a, b) => rank(b) - rank(a) || (a.created_at < b.created_at ? 1 : -1));
  if (newest) return newest;
  const what = wanted ?? `of ${system} ${releases[system].join(' or ')} for ${architecture}`;
  throw new ConpaasError(
    'cloud_failed',
    `The cloud has no image ${what}. Choose another system or image, or upload one there (Glance).`,
  );
}

/** The release of an image, where it is one of a system that machines may have. */
export function releaseOf(image: Image, system: OpenStackSettings['system']): string | undefined {
  const { name = '', os_distro: distro, os_version: version, os_hidden: hidden } = image;
  if (hidden === true) return undefined;
  const named = new RegExp(`^${system}\\b`, 'i').test(name ?? '');
  if (distro ? distro.toLowerCase() !== system : !named) return undefined;
  // "Debian 12 bookworm", "debian-12-genericcloud-amd64-20250316", "Ubuntu 24.04.1 LTS".
  const text = version || /\d+(\.\d+)?/.exec(name ?? '')?.[0];
  return releases[system].find((release) => text === release || text?.startsWith(`${release}.`) === true);
}

function runsOn({ architecture: told, name }: Image, architecture: OpenStackSettings['architecture']): boolean {
  if (told) return processors[architecture].test(told);
  const other = architecture === 'x64' ? 'arm64' : 'x64';
  // Most have no word of it, and are for what most machines are.
  return architecture === 'x64' ? !processors[other].test(name ?? '') : processors.arm64.test(name ?? '');
}
