import path from 'node:path';
import type { Cloud } from '../core/clouds/cloud.ts';
import { machinePackages } from '../core/clouds/machines/packages.ts';
import type { Program, ProgramSource } from '../core/clouds/machines/programs.ts';
import type { AskProvider } from '../core/clouds/machines/provider-calls.ts';
import type { ApplicationId, DeploymentId } from '../core/contract/ids.ts';
import type { Operation } from '../core/contract/operation.ts';
import { Changed } from '../core/events/index.ts';
import { writeFileAtomic } from '../core/files/index.ts';
import type { DirectorBootstrap, WebAuthority } from '../core/identity/index.ts';
import { type Journal, openJournal } from '../core/journal/index.ts';
import { Operations } from '../core/operations/index.ts';
import type { ServiceSpec } from '../core/service/spec.ts';
import { AddressKeeper } from './addresses.ts';
import { registerApplicationOperations } from './application-operations.ts';
import { type Audit, openAudit } from './audit/index.ts';
import {
  adoptManagers,
  type Backups,
  ConfirmedManagers,
  keptAfterMs,
  openBackups,
  readRestored,
  type VolumeBackups,
} from './backup/index.ts';
import { BlobStore } from './blobs.ts';
import { Certificates } from './certificates.ts';
import { CloudKeeper, type Place } from './cloud-keeper.ts';
import { waitsText } from './desktop-requests.ts';
import { History } from './history.ts';
import { Hosts } from './hosts.ts';
import { Inventory } from './inventory.ts';
import { Joining } from './joining.ts';
import { KeptLogs } from './kept-logs.ts';
import { Machines } from './machines.ts';
import { Managers } from './managers.ts';
import { type Metrics, openMetrics } from './metrics/index.ts';
import { type OwnAuthority, openOwnAuthority } from './own-authority.ts';
import { mirrorsOfMachine, PackageCache } from './packages/index.ts';
import { Prices } from './prices.ts';
import { pushRevocations } from './push-revocations.ts';
import { RemoteOperations } from './remote-operations.ts';
import { Revocations } from './revocations.ts';
import { Runtimes } from './runtimes.ts';
import { SecretStore } from './secrets.ts';
import { serveCalls } from './serving.ts';
import { StateStore } from './states.ts';
import { compatibleFrom, migrations } from './store.ts';
import { sweepNowAndThen } from './sweeping.ts';
import { type OwnPrograms, upgradeKind } from './upgrade/index.ts';
import { Users } from './users.ts';
import { VolumeKeeper } from './volumes.ts';
import { lazyWebAuthority } from './web-certificates.ts';
import { whole } from './whole.ts';

export interface DirectorOptions {
  readonly home: string;
  readonly bootstrap: DirectorBootstrap;
  readonly specs: Readonly<Record<string, ServiceSpec>>;
  /** Opens the cloud that the bootstrap names. */
  openCloud(kind: string, settings: Record<string, unknown>, source: ProgramSource): Cloud;
  /** Likewise, where the owner's desktop carries its calls out. */
  openAskedCloud(kind: string, settings: Record<string, unknown>, source: ProgramSource, ask: AskProvider): Cloud;
  /** Settings of a further cloud that are known here alone; absent: none. */
  ownSettings?(name: string, kind: string): Record<string, unknown>;
  /** What machines run that have processors like this director's: what lies beside it, and its own Node. */
  programs(): Promise<readonly Program[]>;
  readonly product: string;
  /** Of the release that it is of; absent: it is of none. */
  readonly ownPrograms?: OwnPrograms | undefined;
  /** Documents served to browsers and tools, e.g. `/openapi.json`. */
  readonly documents: Readonly<Record<string, () => { type: string; body: string }>>;
  readonly signal: AbortSignal;
  log(line: string): void;
}

/** The parts, as handlers see them. */
export interface Director {
  /** Its directory. */
  readonly home: string;
  readonly deployment: DeploymentId;
  readonly product: string;
  readonly startedAt: number;
  readonly specs: Readonly<Record<string, ServiceSpec>>;
  readonly journal: Journal;
  readonly inventory: Inventory;
  readonly machines: Machines;
  readonly hosts: Hosts;
  readonly volumes: VolumeKeeper;
  readonly addresses: AddressKeeper;
  readonly prices: Prices;
  readonly managers: Managers;
  readonly operations: Operations;
  readonly remoteOperations: RemoteOperations;
  readonly operationsChanged: Changed;
  readonly secrets: SecretStore;
  readonly states: StateStore;
  readonly history: History;
  readonly blobs: BlobStore;
  readonly keptLogs: KeptLogs;
  readonly backups: Backups;
  /** Those that it writes by itself. */
  readonly volumeBackups: VolumeBackups;
  /** Of a director that was restored from a backup. */
  readonly restored: ConfirmedManagers | undefined;
  readonly revocations: Revocations;
  readonly joining: Joining;
  readonly authority: OwnAuthority;
  /** Certifies websites; made when it is first asked for. */
  webAuthority(): Promise<WebAuthority>;
  readonly certificates: Certificates;
  readonly users: Users;
  readonly metrics: Metrics;
  readonly audit: Audit;
  readonly clouds: ReadonlyMap<string, Cloud>;
  /** What else there is about them: access, addresses; and which there are. */
  readonly cloudKeeper: CloudKeeper;
  readonly defaultCloud: string;
  /** What machines install. */
  readonly packages: PackageCache;
  /** What machines run. */
  readonly runtimes: Runtimes;
  log(line: string): void;
}

/**
 * Starts a director and serves until `signal` aborts. Writes `director.json` ({host, port}) to its home when it serves.
 */
export async function startDirector(options: DirectorOptions): Promise<AsyncDisposable> {
  const { home, bootstrap, specs, log, signal } = options;
  const { deployment } = bootstrap;
  await using stack = new AsyncDisposableStack();

  const before = await readRestored(home);
  const restored = await whole({ ...options, own: { home, deployment, roots: bootstrap.roots, signal, log } });
  const journal = stack.use(
    openJournal({ path: path.join(home, 'director.db'), name: 'director', migrations, compatibleFrom }),
  );
  const users = new Users(journal);
  await users.ensureOwner(bootstrap.owner);
  const authority = stack.use(await openOwnAuthority({ home, deployment, roots: bootstrap.roots, signal, log }));
  /** Where we serve; the port is known once the server is bound. */
  const address = { host: bootstrap.address, port: bootstrap.port };
  const roles = Object.values(specs).flatMap((spec) => Object.values(spec.roles));
  const packages = [...new Set([...machinePackages, ...roles.flatMap((role) => role.packages)])];
  const runtimes = new Runtimes({ directory: path.join(home, 'runtimes'), programs: options.programs });
  const sourceFrom = (director: Place): ProgramSource => ({
    ...{ kind: 'fetch', director, packages },
    programs: (architecture) => runtimes.of(architecture),
  });
  const secrets = await SecretStore.open(journal, path.join(home, 'secrets.key'));
  const inventory = new Inventory(journal);
  const cloudKeeper = stack.use(
    new CloudKeeper({
      ...{ home: bootstrap.cloud, journal, secrets, address, log },
      open: (kind, settings, place) => options.openCloud(kind, settings, sourceFrom(place)),
      openAsked: (kind, settings, place, ask) => options.openAskedCloud(kind, settings, sourceFrom(place), ask),
      ownSettings: options.ownSettings ?? (() => ({})),
      onWaiting: (cloud, waiting) => {
        inventory
          .machinesWait(cloud, waiting ? waitsText : undefined)
          .catch((error: unknown) => log(`what machines wait for was not kept: ${String(error)}`));
      },
    }),
  );
  const clouds = cloudKeeper.all;
  const metrics = stack.use(
    openMetrics({
      home,
      specs,
      notice: (text, application) => inventory.notice('warning', text, application),
      onLoad: (applications) => inventory.changedLoad(applications),
      log,
    }),
  );
  inventory.loadOf = (application) => metrics.load(application);
  inventory.onDelete = (application) => metrics.forget(application);
  const revocations = new Revocations(journal);
  const certificates = new Certificates({
    journal,
    revoked: () => revocations.all(),
    roots: () => authority.issuer.roots,
    intermediates: () => authority.intermediates(),
    applicationName: (id) => inventory.application(id as ApplicationId)?.name,
    log,
  });
  await certificates.record(authority.credentials().certificate);
  const managers = stack.use(
    new Managers({
      ...{ deployment, inventory, credentials: authority.credentials },
      isOutside: (cloud) => cloudKeeper.isOutside(cloud),
    }),
  );
  const joining = new Joining({
    deployment,
    inventory,
    journal,
    authority,
    certificates,
    users,
    revoked: () => revocations.all(),
    onRenewed: (identity) => hosts.renewed(identity),
    log,
  });
  const audit = stack.use(openAudit({ home, inventory, specs, log }));
  const operationsChanged = new Changed();
  const publish = (operation: Operation): void => {
    inventory.events.publish({ type: 'operation', operation });
    operationsChanged.notify();
  };
  const operations = stack.use(new Operations({ journal, onChange: publish, log }));

  const prices = new Prices(clouds, log);
  const orphansStayUntil = restored && restored.at + keptAfterMs;
  const volumes = new VolumeKeeper({ deployment, inventory, journal, clouds, orphansStayUntil, log });
  const addresses = new AddressKeeper({ deployment, inventory, clouds, orphansStayUntil, log });
  inventory.volumesOf = (application) => volumes.list(application);
  const machines = new Machines({
    deployment,
    inventory,
    journal,
    clouds,
    prices,
    directorAt: (cloud) => cloudKeeper.directorAt(cloud),
    roots: () => authority.issuer.roots,
    tokenKey: secrets.derive('join tokens'),
    ownPrograms: options.ownPrograms,
    runtimes,
    zoneOf: (application, slot) => volumes.zoneOf(application, slot),
    orphansStayUntil,
    log,
  });
  const hosts = new Hosts(inventory, machines, volumes);
  const states = new StateStore(journal);
  const history = new History(journal);
  const blobs = new BlobStore(path.join(home, 'blobs'));
  const backing = await openBackups({
    ...{ home, deployment, journal, blobs, product: options.product, schema: migrations.length, log },
    referred: () => states.blobs().union(history.blobs()),
    applications: () => inventory.applications().map(({ name }) => name),
    copyAudit: audit.copyTo,
    notice: (level, text) => inventory.notice(level, text),
  });
  const director: Director = {
    home,
    deployment,
    product: options.product,
    startedAt: Date.now(),
    specs,
    journal,
    inventory,
    machines,
    hosts,
    volumes,
    addresses,
    prices,
    managers,
    operations,
    remoteOperations: new RemoteOperations(journal, publish),
    operationsChanged,
    secrets,
    states,
    history,
    blobs,
    ...backing,
    restored: restored && new ConfirmedManagers(home, restored),
    keptLogs: new KeptLogs({ directory: path.join(home, 'kept-logs') }),
    revocations,
    joining,
    authority,
    webAuthority: lazyWebAuthority(home, deployment),
    certificates,
    users,
    metrics,
    audit,
    clouds,
    cloudKeeper,
    defaultCloud: cloudKeeper.defaultCloud,
    packages: stack.use(
      new PackageCache({
        directory: path.join(home, 'packages'),
        mirrors: bootstrap.mirrors ?? (await mirrorsOfMachine()),
        log,
      }),
    ),
    runtimes,
    log,
  };
  registerApplicationOperations(director);
  operations.register(upgradeKind({ inventory, machines, managers, ownPrograms: options.ownPrograms }));
  // Before managers can ask anew.
  await machines.forgetRequests();
  const server = stack.use(await serveCalls(director, options));
  address.port = server.port;
  authority.onRenewed((credentials) => {
    server.setCredentials(credentials);
    audit.renewed('the director');
    certificates
      .record(credentials.certificate)
      .catch((error: unknown) => log(`the new certificate was not kept: ${String(error)}`));
  });
  operations.resume();

  const stopping = new AbortController();
  stack.defer(() => stopping.abort());
  void sweepNowAndThen(director, stopping.signal);
  void director.volumeBackups.run(stopping.signal);
  void pushRevocations(director, server, stopping.signal);
  if (restored) void adoptManagers(director, (cloud) => cloudKeeper.directorAt(cloud), stopping.signal);
  if (restored && !before) {
    const time = new Date(restored.createdAt).toISOString();
    inventory.notice('warning', `This director was made anew from ${restored.backup}, which was taken at ${time}.`);
  }

  await writeFileAtomic(path.join(home, 'director.json'), JSON.stringify(address));
  log(`serving on ${bootstrap.address}:${server.port}`);
  return stack.move();
}
