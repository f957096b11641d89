/** Images of ours at clouds that keep them: EC2, OpenStack, OpenNebula. */
import { openProvider } from '../../remote/core/clouds/index.ts';
import { type ImagePrices, newBuilder } from '../../remote/core/clouds/machines/images.ts';
import type { Provider } from '../../remote/core/clouds/machines/provider.ts';
import type { DeploymentId } from '../../remote/core/contract/ids.ts';
import { imagesOf } from './build-at-cloud.ts';

/** A cloud as its user has entered it. */
export interface ImageCloud {
  readonly kind: string;
  /** Credentials and settings. */
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface Builder extends AsyncDisposable {
  readonly deployment: DeploymentId;
  readonly provider: Provider;
}

/** GB: the engines need two, and no machine can have a disk that is smaller than its image. */
const imageDiskGb = 8;

/** A provider that images are listed and removed with. @throws ConpaasError invalid_request: that cloud keeps none of ours */
export function openKept({ kind, settings }: ImageCloud): Provider {
  const provider = openProvider(kind, { ...settings, deployment: newBuilder(Date.now()) });
  imagesOf(provider);
  return provider;
}

/**
 * A provider of a deployment that is there for one image, with the processor that the size of its machine decides.
 * @throws ConpaasError invalid_request: that cloud keeps no images of ours
 */
export async function openBuilder({ kind, settings }: ImageCloud, signal: AbortSignal): Promise<Builder> {
  const deployment = newBuilder(Date.now());
  const open = (more: object): Provider =>
    openProvider(kind, { diskGb: imageDiskGb, ...settings, ...more, deployment });
  let provider = open({});
  try {
    const { architecture } = await imagesOf(provider).base(signal);
    if (architecture !== provider.architecture) {
      await provider[Symbol.asyncDispose]();
      provider = open({ architecture });
    }
  } catch (error) {
    await provider[Symbol.asyncDispose]();
    throw error;
  }
  return { deployment, provider, [Symbol.asyncDispose]: () => provider[Symbol.asyncDispose]() };
}

/** What making one costs, and keeping it: for a person. */
export function costText({ machineHour, gbMonth }: ImagePrices): string {
  const machine = machineHour === undefined ? 'whose price is not known here' : `for $${machineHour} an hour`;
  const kept = gbMonth === undefined ? 'whose price is not known here' : `$${gbMonth} a month for each`;
  return `It takes a machine, ${machine}, for some minutes. The image is then kept until you remove it: a few GB, ${kept}.`;
}
