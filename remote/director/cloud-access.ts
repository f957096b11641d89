/**
 * The director's own access to one of its clouds. Credentials that it is lent are sealed as the secrets of applications are, and
 * opened when their driver is: nothing else here ever holds them.
 */
import { z } from 'zod';
import type { Cloud } from '../core/clouds/cloud.ts';
import { createLentCloud, type LentCloud } from '../core/clouds/lent-cloud.ts';
import { type AskProvider, providerCalls } from '../core/clouds/machines/provider-calls.ts';
import { type CloudAccess, CredentialFields } from '../core/contract/cloud-access.ts';
import { ConpaasError, toFailure } from '../core/contract/errors.ts';
import type { DesktopRequests } from './desktop-requests.ts';
import type { SecretStore } from './secrets.ts';

/** Whose secrets these are in the store, where applications have theirs: no id of an application looks like this. */
const owner = 'director';
const nameOf = (cloud: string): string => `cloud/${cloud}`;
/** A cloud that has not answered by then is asked again when it is needed, milliseconds. */
const patienceMs = 20_000;

/** What is sealed. */
const Access = z.discriminatedUnion('by', [
  z.object({ by: z.literal('credentials'), credentials: CredentialFields }),
  z.object({ by: z.literal('desktop') }),
]);
type Access = z.infer<typeof Access>;

export interface CloudAccessOptions {
  /** Of the cloud at this director. */
  readonly name: string;
  readonly kind: string;
  /** Without credentials. */
  readonly settings: Record<string, unknown>;
  /** Whether the cloud wants credentials, which the desktop lends. */
  readonly lent: boolean;
  /** Command by which the owner gives credentials for it. */
  readonly lendBy: string;
  /** Why it cannot be opened at all, where that is so. */
  readonly broken?: string | undefined;
  readonly secrets: SecretStore;
  /** What the owner's desktop follows. */
  readonly requests: DesktopRequests;
  /** @throws ConpaasError where the settings are not what the driver wants */
  open(settings: Record<string, unknown>): Cloud;
  /** Likewise, of one whose calls the owner's desktop carries out. */
  openAsked(settings: Record<string, unknown>, ask: AskProvider): Cloud;
  log(line: string): void;
}

export class CloudAccessKeeper implements AsyncDisposable {
  /** What all use. */
  readonly cloud: Cloud;
  readonly #options: CloudAccessOptions;
  readonly #lent: LentCloud | undefined;
  #by: Access['by'] | undefined;
  #unreadable: string | undefined;

  constructor(options: CloudAccessOptions) {
    this.#options = options;
    if (!options.lent && options.broken === undefined) {
      this.cloud = options.open(options.settings);
      return;
    }
    this.#lent = createLentCloud(options.kind, () => this.#problem());
    this.cloud = this.#lent;
    if (options.broken !== undefined) return;
    try {
      const key = nameOf(options.name);
      const sealed = options.secrets.get(owner, [key])[key];
      if (sealed !== undefined) this.#use(Access.parse(JSON.parse(sealed)));
    } catch (error) {
      // The director serves all the same: whoever can help reaches it.
      this.#unreadable = toFailure(error).message;
      options.log(`the credentials of ${options.name} cannot be used: ${this.#unreadable}`);
    }
  }

  describe(): CloudAccess {
    const { name: cloud, secrets, requests } = this.#options;
    if (!this.#lent) return { cloud, access: 'free' };
    const since = secrets.list(owner).find(({ name }) => name === nameOf(cloud))?.updatedAt;
    if (this.#by === undefined) return { cloud, access: 'none' };
    if (this.#by === 'credentials') return { cloud, access: 'credentials', since };
    const desktop = { isThere: requests.isFollowed, waiting: requests.countOf(cloud) };
    return { cloud, access: 'desktop', since, desktop };
  }

  /**
   * Keeps credentials and uses them from now on. Those that the cloud refuses are not taken; where it does not answer,
   * they are.
   * @throws ConpaasError conflict: this cloud wants none; what the cloud says of them
   */
  async lend(credentials: CredentialFields, signal: AbortSignal): Promise<void> {
    this.#refuseFree();
    const driver = this.#driver({ by: 'credentials', credentials });
    try {
      await this.#try(driver, signal);
      await this.#keep({ by: 'credentials', credentials });
    } catch (error) {
      await driver[Symbol.asyncDispose]();
      throw error;
    }
    this.#by = 'credentials';
    this.#unreadable = undefined;
    this.#lent?.use(driver);
  }

  /**
   * From now on the owner's desktop is asked; credentials that were lent are forgotten.
   * @throws ConpaasError conflict: this cloud wants none
   */
  async askDesktop(): Promise<void> {
    this.#refuseFree();
    await this.#keep({ by: 'desktop' });
    this.#use({ by: 'desktop' });
  }

  /** What it had is gone from here. */
  async forget(): Promise<void> {
    const { name, secrets } = this.#options;
    await secrets.delete(owner, nameOf(name));
  }

  #refuseFree(): void {
    if (!this.#lent) throw new ConpaasError('conflict', `The cloud ${this.#options.name} wants no credentials.`);
  }

  #keep(access: Access): Promise<void> {
    const { name, secrets } = this.#options;
    return secrets.set(owner, nameOf(name), JSON.stringify(access));
  }

  #use(access: Access): void {
    this.#lent?.use(this.#driver(access));
    this.#by = access.by;
    this.#unreadable = undefined;
  }

  async #try(driver: Cloud, signal: AbortSignal): Promise<void> {
    try {
      await driver.check(AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]));
    } catch (error) {
      signal.throwIfAborted();
      const { code, message } = toFailure(error);
      if (code === 'unauthenticated' || code === 'forbidden' || code === 'invalid_request') throw error;
      this.#options.log(`credentials are taken though ${this.#options.name} could not be asked: ${message}`);
    }
  }

  /** What is given decides over nothing but credentials: deployment and settings are the director's. */
  #driver(access: Access): Cloud {
    const { name: cloud, settings, requests, open, openAsked } = this.#options;
    if (access.by === 'credentials') return open({ ...access.credentials, ...settings });
    return openAsked(settings, (call, params, signal) =>
      requests.ask({ cloud, call, params, changes: providerCalls[call].changes }, signal),
    );
  }

  #problem(): string {
    const { name, lendBy, broken } = this.#options;
    if (broken !== undefined) return broken;
    const what = this.#unreadable ?? `The director has no credentials for the cloud ${name} yet.`;
    return `${what} Give them from the computer that has made the deployment, with: ${lendBy}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cloud[Symbol.asyncDispose]();
  }
}
