/** The clouds of a deployment, as this desktop drives them: with its own credentials, and programs for what is made there. */
import path from 'node:path';
import { type Cloud, createCloud, furtherSettings } from '../../remote/core/clouds/index.ts';
import { type Program, programsOf } from '../../remote/core/clouds/machines/programs.ts';
import { ConpaasError, toFailure } from '../../remote/core/contract/errors.ts';
import type { DeploymentId } from '../../remote/core/contract/ids.ts';
import type { Architecture } from '../../remote/core/contract/runtimes.ts';
import { createContact } from '../contact/index.ts';
import type { CredentialStore, Fields } from '../credentials/index.ts';
import type { Deployment, FurtherPlace } from './deployment.ts';
import type { Further } from './further-clouds.ts';
import type { Keyring } from './keyring.ts';
import type { LentAccess } from './lend.ts';
import { openAnyhow } from './reaching.ts';
import { type Runtime, runtimeFor } from './runtime.ts';

type Settings = Record<string, unknown>;

export interface OpenedCloudsOptions extends Runtime {
  readonly credentials: CredentialStore;
  readonly keyring: Keyring;
  directoryOf(id: DeploymentId): string;
}

/** How a driver of one is opened that makes nothing. */
export interface Driver {
  /** Absent: the director's own. */
  readonly name?: string;
  readonly kind: string;
  /** @throws ConpaasError not_found: its credential is gone */
  settings(): Promise<Settings>;
}

export interface OpenedClouds {
  /** What is no credential. */
  openSettings(deployment: Deployment): Settings;
  /** Of a cloud of it, by name. @throws ConpaasError not_found */
  driverOf(deployment: Deployment, name: string): Promise<{ readonly kind: string; readonly settings: Settings }>;
  /** Of all, the director's own first. */
  driversOf(deployment: Deployment): readonly Driver[];
  /** Directory of a further cloud on this computer, if it is one. */
  directoryOf(deployment: Deployment, place: Pick<FurtherPlace, 'name' | 'kind'>): string | undefined;
  /**
   * Opens all of them while `work` goes on. A further one that cannot be opened says why whenever it is called.
   * @param accessOf what the director is to have of one
   */
  withClouds<T>(
    deployment: Deployment,
    accessOf: (cloud: FurtherPlace) => Promise<LentAccess | undefined>,
    work: (cloud: Cloud, further: readonly Further[]) => Promise<T>,
  ): Promise<T>;
}

export function createOpenedClouds(options: OpenedCloudsOptions): OpenedClouds {
  const { credentials, keyring, bundles, directoryOf } = options;

  /** Each file is read once: whatever architecture machines have, bundles are the same. */
  const programs = new Map<string, ReturnType<typeof programsOf>>();
  const programsFor = async (architecture: Architecture): Promise<readonly Program[]> => {
    const runtime = runtimeFor(options.runtime, architecture);
    const present = programs.get(runtime) ?? programsOf(bundles, runtime);
    programs.set(runtime, present);
    return present();
  };

  const fieldsOf = async (credential: string | undefined): Promise<Fields | undefined> =>
    credential === undefined ? undefined : (await credentials.get(credential)).fields;

  function openSettings({ id, cloud }: Deployment): Settings {
    if (cloud.kind !== 'local') return { ...cloud.settings, deployment: id };
    return { directory: path.join(directoryOf(id), 'cloud'), bundles, runtime: options.runtime, deployment: id };
  }

  const settingsOf = async (deployment: Deployment): Promise<Settings> => ({
    ...(await fieldsOf(deployment.cloud.credential)),
    ...openSettings(deployment),
  });

  async function furtherSettingsOf(deployment: Deployment, place: FurtherPlace): Promise<Settings> {
    const own = furtherSettings(place, openSettings(deployment));
    const fields = await fieldsOf(place.credential).catch((error: unknown) => {
      if (toFailure(error).code !== 'not_found') throw error;
      const advice = `conpaas director cloud add ${place.name} --on CREDENTIAL`;
      throw new ConpaasError('not_found', `Its credential is no longer in the vault. Give another one with: ${advice}`);
    });
    return { ...fields, ...place.settings, ...own };
  }

  return {
    openSettings,
    async driverOf(deployment, name) {
      const { cloud, clouds } = deployment;
      if (name === cloud.kind) return { kind: cloud.kind, settings: await settingsOf(deployment) };
      const place = clouds?.find((one) => one.name === name);
      if (place) return { kind: place.kind, settings: await furtherSettingsOf(deployment, place) };
      throw new ConpaasError('not_found', `This computer knows no cloud "${name}" of ${deployment.name}.`);
    },
    driversOf: (deployment) => [
      { kind: deployment.cloud.kind, settings: () => settingsOf(deployment) },
      ...(deployment.clouds ?? []).map((place) => ({
        ...{ name: place.name, kind: place.kind },
        settings: () => furtherSettingsOf(deployment, place),
      })),
    ],
    directoryOf: (deployment, place) => directoryIn(furtherSettings(place, openSettings(deployment))),
    async withClouds(deployment, accessOf, work) {
      const contact = createContact({ store: keyring.contact(deployment.id) });
      const open = (kind: string, settings: Settings): Cloud =>
        createCloud(kind, settings, { kind: 'copy', programs: programsFor, contact });
      await using cloud = open(deployment.cloud.kind, await settingsOf(deployment));
      const further: Further[] = [];
      try {
        for (const record of deployment.clouds ?? []) {
          let access: LentAccess | undefined;
          const opened = await openAnyhow(record.kind, async () => {
            const settings = await furtherSettingsOf(deployment, record);
            access = await accessOf(record);
            return open(record.kind, settings);
          });
          further.push({ record, access, ...opened });
        }
        return await work(cloud, further);
      } finally {
        for (const one of further) await one.cloud[Symbol.asyncDispose]();
      }
    },
  };
}

const directoryIn = ({ directory }: Settings): string | undefined =>
  typeof directory === 'string' ? directory : undefined;
