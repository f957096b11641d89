/**
 * The clouds of a director: the one that it was made on, and those that were added since, which stand in its journal. All
 * parts of the director look into the same map of them, so what is added or removed is so for everybody at once.
 */
import type { Cloud } from '../core/clouds/cloud.ts';
import { type CloudKind, cloudKind } from '../core/clouds/kinds.ts';
import type { AskProvider } from '../core/clouds/machines/provider-calls.ts';
import type { CloudAccess, CredentialFields } from '../core/contract/cloud-access.ts';
import { ConpaasError, toFailure } from '../core/contract/errors.ts';
import type { FurtherCloud } from '../core/contract/further-clouds.ts';
import type { Journal } from '../core/journal/index.ts';
import { suggest } from '../core/manifest/index.ts';
import { CloudAccessKeeper } from './cloud-access.ts';
import { DesktopRequests } from './desktop-requests.ts';
import type { SecretStore } from './secrets.ts';
import { deleteCloud, loadClouds, saveCloud } from './store.ts';

/** Where a director is reached. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

export interface CloudKeeperOptions {
  /** The one that the director was made on; it is called by its kind. */
  readonly home: {
    readonly kind: string;
    readonly settings: Record<string, unknown>;
    readonly lent: boolean;
  };
  readonly journal: Journal;
  readonly secrets: SecretStore;
  /** Where we serve; its port may change until we do. */
  readonly address: Place;
  /** @param director where machines there reach us; @throws ConpaasError the settings are not what the driver wants */
  open(kind: string, settings: Record<string, unknown>, director: Place): Cloud;
  /** Likewise, of one whose calls the owner's desktop carries out. */
  openAsked(kind: string, settings: Record<string, unknown>, director: Place, ask: AskProvider): Cloud;
  /** Settings of a further cloud that are known here and by nobody else, as those of this computer. */
  ownSettings(name: string, kind: string): Record<string, unknown>;
  /** Whether machines of a cloud are waited for that only the desktop can make; told again and again. */
  onWaiting(cloud: string, waiting: boolean): void;
  log(line: string): void;
}

export class CloudKeeper implements AsyncDisposable {
  readonly #options: CloudKeeperOptions;
  readonly #all = new Map<string, Cloud>();
  readonly #access = new Map<string, CloudAccessKeeper>();
  readonly #further = new Map<string, FurtherCloud>();
  /** What the owner's desktop follows. */
  readonly requests: DesktopRequests;

  constructor(options: CloudKeeperOptions) {
    this.#options = options;
    this.requests = new DesktopRequests(options.onWaiting);
    const { home, journal } = options;
    this.#put(home.kind, this.#open({ name: home.kind, ...home }, options.address));
    for (const record of journal.read(loadClouds)) {
      this.#further.set(record.name, record);
      this.#put(record.name, this.#openAnyhow(record));
    }
  }

  /** By name, the default one first. What is added or removed later is so in this very map. */
  get all(): ReadonlyMap<string, Cloud> {
    return this.#all;
  }

  get defaultCloud(): string {
    return this.#options.home.kind;
  }

  list(): CloudAccess[] {
    return [...this.#access.values()].map((keeper) => keeper.describe());
  }

  /** Where machines of a cloud reach this director. */
  directorAt(cloud: string): Place {
    return this.#placeFor(this.#further.get(cloud) ?? {});
  }

  /** Whether machines of both reach each other by their addresses. */
  areConnected(one: string, other: string): boolean {
    return one === other || (this.#isConnected(one) && this.#isConnected(other));
  }

  /** Whether this director reaches its machines only where users do: from outside of their network. */
  isOutside(cloud: string): boolean {
    return !this.#isConnected(cloud);
  }

  /** @throws ConpaasError not_found, conflict: that cloud wants no credentials; what the cloud says of them */
  async lend(cloud: string, credentials: CredentialFields, signal: AbortSignal): Promise<void> {
    await this.#accessOf(cloud).lend(credentials, signal);
  }

  /** @throws ConpaasError not_found, conflict: that cloud wants no credentials */
  async askDesktop(cloud: string): Promise<void> {
    await this.#accessOf(cloud).askDesktop();
  }

  /**
   * Drives a further cloud from now on, or one that there is in another way. One that wants no credentials is tried.
   * @throws ConpaasError conflict: the name is taken, or its machines could not reach us; what the cloud says
   */
  async add(given: FurtherCloud, signal: AbortSignal): Promise<void> {
    const record = this.#checked(given);
    const known = this.#further.get(record.name);
    if (known && JSON.stringify(known) === JSON.stringify(record)) return;
    const opened = this.#open(record, this.#placeFor(record));
    try {
      if (!record.lent) await opened.cloud.check(signal);
      await this.#options.journal.write((db) => saveCloud(db, record));
    } catch (error) {
      await opened[Symbol.asyncDispose]();
      throw error;
    }
    const before = this.#access.get(record.name);
    this.#further.set(record.name, record);
    this.#put(record.name, opened);
    await before?.[Symbol.asyncDispose]();
  }

  /**
   * Forgets a further cloud, with what its driver keeps there for us and our access to it. Idempotent.
   * @param usedBy what is on it, for a person; looked at in the same instant in which nothing new can come to it
   * @throws ConpaasError conflict: something is on it, or it is the default one; what the cloud says
   */
  async remove(name: string, usedBy: () => string | undefined, signal: AbortSignal): Promise<void> {
    if (name === this.defaultCloud) {
      throw new ConpaasError('conflict', `The director was made on ${name}: that cloud goes with the deployment.`);
    }
    const keeper = this.#access.get(name);
    if (!keeper) return;
    const user = usedBy();
    if (user !== undefined) {
      throw new ConpaasError('conflict', `The cloud ${name} is in use: ${user}. Move or delete that first.`);
    }
    this.#all.delete(name);
    try {
      // Without access there is nothing that we could have there.
      if (keeper.describe().access !== 'none') await keeper.cloud.retire(signal);
      await this.#options.journal.write((db) => deleteCloud(db, name));
    } catch (error) {
      this.#all.set(name, keeper.cloud);
      throw error;
    }
    this.#access.delete(name);
    this.#further.delete(name);
    await keeper.forget();
    await keeper[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#access.values()].map((keeper) => keeper[Symbol.asyncDispose]()));
  }

  /** @throws ConpaasError conflict: the name is taken, or machines there could not reach us; invalid_request */
  #checked(given: FurtherCloud): FurtherCloud {
    const { home } = this.#options;
    const kind = cloudKind(given.kind);
    if (!kind) throw new ConpaasError('invalid_request', `There is no kind of cloud called ${given.kind}.`);
    const known = this.#further.get(given.name);
    if (given.name === home.kind || (known && known.kind !== given.kind)) {
      throw new ConpaasError('conflict', `There is a cloud "${given.name}" already. Choose another name.`);
    }
    refuseUnreachable(home.kind, kind);
    // Two parts of one computer always reach each other.
    if (kind.onComputer) {
      return { ...given, lent: kind.furtherByDesktop === true, connected: true, director: undefined };
    }
    if (given.connected || given.director !== undefined) return given;
    throw new ConpaasError(
      'invalid_request',
      `Machines of ${given.name} need an address of the director that is valid there. Say that both are in one network, or give the address.`,
    );
  }

  #placeFor({ director }: Pick<FurtherCloud, 'director'>): Place {
    const { address } = this.#options;
    if (director === undefined) return address;
    return {
      host: director,
      get port() {
        return address.port;
      },
    };
  }

  #open(
    cloud: { readonly name: string; readonly kind: string; readonly settings: Record<string, unknown>; lent: boolean },
    director: Place,
    broken?: string,
  ): CloudAccessKeeper {
    const { secrets, open, openAsked, ownSettings, home, log } = this.#options;
    const { name, kind, lent } = cloud;
    const isHome = name === home.kind;
    const settings = isHome ? cloud.settings : { ...cloud.settings, ...ownSettings(name, kind) };
    const lendBy = isHome ? 'conpaas cloud lend' : `conpaas director cloud add ${name} --on CREDENTIAL`;
    return new CloudAccessKeeper({
      ...{ name, kind, settings, lent, lendBy, broken, secrets, requests: this.requests, log },
      open: (given) => open(kind, given, director),
      openAsked: (given, ask) => openAsked(kind, given, director, ask),
    });
  }

  /** One that cannot be opened any more says why whenever it is asked: the others are there all the same. */
  #openAnyhow(record: FurtherCloud): CloudAccessKeeper {
    const place = this.#placeFor(record);
    try {
      return this.#open(record, place);
    } catch (error) {
      const why = toFailure(error).message;
      this.#options.log(`the cloud ${record.name} cannot be opened: ${why}`);
      return this.#open(record, place, why);
    }
  }

  #put(name: string, keeper: CloudAccessKeeper): void {
    this.#access.set(name, keeper);
    this.#all.set(name, keeper.cloud);
  }

  #isConnected(name: string): boolean {
    return name === this.defaultCloud || this.#further.get(name)?.connected === true;
  }

  #accessOf(cloud: string): CloudAccessKeeper {
    const keeper = this.#access.get(cloud);
    if (keeper) return keeper;
    throw new ConpaasError('not_found', noSuchCloud(cloud, [...this.#access.keys()]));
  }
}

/** "There is no cloud "atic". Did you mean "attic"?" Pure. */
export function noSuchCloud(name: string, known: readonly string[]): string {
  const meant = suggest(name, known);
  const hint = meant === undefined ? '' : ` Did you mean "${meant}"?`;
  return `There is no cloud "${name}". There ${known.length === 1 ? 'is' : 'are'}: ${known.join(', ')}.${hint}`;
}

/**
 * Machines on one computer have addresses that are valid on it alone. Pure.
 * @param home kind of the cloud that the director is on
 * @throws ConpaasError conflict: machines of the one would never reach the other
 */
export function refuseUnreachable(home: string, { kind, title, onComputer = false, several = false }: CloudKind): void {
  const own = cloudKind(home);
  if (onComputer && kind === home && several) return;
  if (onComputer) {
    throw new ConpaasError(
      'conflict',
      `${title}: machines there have addresses that are valid on that computer alone, and the director of this deployment is elsewhere (${own?.title ?? home}). Put a director there: conpaas --deployment NAME up --cloud ${kind}`,
    );
  }
  if (own?.onComputer !== true) return;
  throw new ConpaasError(
    'conflict',
    `Machines of ${title} cannot reach this director: its address (${own.title}) is valid on its computer alone. Put a director on that cloud, and move applications to it: conpaas --deployment NAME up --cloud ${kind}`,
  );
}
