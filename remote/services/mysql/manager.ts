/** The manager's half of MySQL: what its node should run, what others get of it, passwords and dumps. */
import { link, rm } from 'node:fs/promises';
import { ConpaasError } from '../../core/contract/errors.ts';
import type { UploadedFile } from '../../core/contract/method.ts';
import { environmentName, recordedKeys } from '../../core/manifest/index.ts';
import type {
  NodeConfiguration,
  NodeView,
  ServiceContext,
  ServiceManager,
  ServiceView,
  StepProgress,
} from '../../core/service/manager.ts';
import type { DesiredService } from '../../core/service/state.ts';
import { MysqlConfiguration } from './configuration.ts';
import { databaseName, rootSecret, userName, userSecret } from './names.ts';
import { type MysqlNodeConfiguration, MysqlNodeDetail } from './node-configuration.ts';

/** Key of `DesiredService.data`: how often the password was changed. */
const passwordVersionKey = 'passwordVersion';

export function createServiceManager(): ServiceManager {
  return new MysqlManager();
}

class MysqlManager implements ServiceManager {
  readonly rollingRoles = [];

  readonly handlers: ServiceManager['handlers'] = {
    set_password: (context, params, call) => setPassword(context, String(params['password']), requester(call.user)),
    load_dump: (context, _params, call, body) => startLoad(context, body, requester(call.user)),
    dump: (context, params, call) => {
      const { id } = runningNode(context.view).desired;
      return context.agent.download(id, 'dump', { node: id, gzip: params['gzip'] === true }, call.signal);
    },
    get_statistics: (context, _params, call) => {
      const { id } = runningNode(context.view).desired;
      return context.agent.call(id, 'get_statistics', { node: id }, call.signal);
    },
    get_connection: async (context, params) => connection(context.view, params['reveal'] === true),
  };

  describeNodes(view: ServiceView) {
    const configurations = new Map<NodeView['desired']['id'], NodeConfiguration>();
    const password = view.secrets[userSecret(view.service)];
    const rootPassword = view.secrets[rootSecret(view.service)];
    if (password === undefined || rootPassword === undefined) return configurations;
    const configuration: MysqlNodeConfiguration = {
      database: databaseName(view.service.name),
      user: userName,
      password,
      rootPassword,
      passwordVersion: passwordVersion(view.service),
      settings: MysqlConfiguration.parse(view.service.configuration),
      ...(view.state.frozen && { readOnly: true }),
    };
    for (const { desired } of view.nodes) configurations.set(desired.id, configuration);
    return configurations;
  }

  provides(view: ServiceView): Readonly<Record<string, string>> | undefined {
    const place = whereabouts(view);
    const password = view.secrets[userSecret(view.service)];
    if (place === undefined || password === undefined) return undefined;
    const prefix = environmentName(view.service.name);
    return {
      // Names of the original, which knew one database per application.
      MYSQL_IP: place.host,
      MYSQL_PORT: String(place.port),
      [`${prefix}_HOST`]: place.host,
      [`${prefix}_PORT`]: String(place.port),
      [`${prefix}_USER`]: userName,
      [`${prefix}_PASSWORD`]: password,
      [`${prefix}_DATABASE`]: databaseName(view.service.name),
    };
  }

  generatedSecrets(service: DesiredService): readonly string[] {
    return [rootSecret(service), userSecret(service)];
  }

  /** No address for users: a database is reached by the application's other services. */
  address(): undefined {
    return undefined;
  }

  /** A single node holds the data; it is removed with its service only. */
  drained(): boolean {
    return true;
  }

  irreplaceable(): string {
    return 'It holds the data of the database, which a fresh node would not have. Take a dump, and load it into another service.';
  }

  isFrozen({ nodes }: ServiceView): boolean {
    return nodes.every(({ observed }) => MysqlNodeDetail.safeParse(observed?.detail).data?.readOnly === true);
  }

  inService(_view: ServiceView, node: NodeView): boolean {
    return node.observed?.state === 'running' && node.observed.ports['mysql'] !== undefined;
  }

  /** A dump that a manifest names, as a step of applying it. */
  loadDump(context: ServiceContext, file: string, progress: StepProgress): Promise<void> {
    return load(context, file, 'the dump', progress);
  }

  warnings(): readonly string[] {
    return [];
  }
}

function requester(user: string | undefined): string {
  return user ?? 'manager';
}

function passwordVersion(service: DesiredService): number {
  const version = service.data[passwordVersionKey];
  return typeof version === 'number' ? version : 0;
}

/** Where the server listens, once its agent has said so. */
function whereabouts(view: ServiceView): { host: string; port: number } | undefined {
  for (const { address, ports } of view.nodes) {
    const port = ports['mysql'];
    if (address !== undefined && port !== undefined) return { host: address, port };
  }
  return undefined;
}

function runningNode(view: ServiceView): NodeView {
  const node = view.nodes.find(({ observed }) => observed?.state === 'running');
  if (node) return node;
  throw new ConpaasError('conflict', `The database ${view.service.name} is not running. Start the service first.`, {
    cause: view.nodes.find(({ observed }) => observed?.failure)?.observed?.failure,
    retry: true,
  });
}

function connection(view: ServiceView, reveal: boolean) {
  const place = whereabouts(view);
  if (place === undefined)
    throw new ConpaasError(
      'conflict',
      `The database ${view.service.name} has no address yet. Start the service first.`,
    );
  const database = databaseName(view.service.name);
  const password = view.secrets[userSecret(view.service)];
  return {
    command: `mariadb --host ${place.host} --port ${place.port} --user ${userName} -p ${database}`,
    ...place,
    user: userName,
    database,
    ...(reveal && password !== undefined ? { password } : {}),
  };
}

/** Stores the new password, lets the node take it, and waits until it has. */
async function setPassword(context: ServiceContext, password: string, requestedBy: string) {
  const { service } = context.view;
  const operation = await context.operation(
    'set_password',
    `Change the password of ${service.name}`,
    [
      {
        name: 'store',
        title: 'Store the password',
        async run() {
          await context.setSecret(userSecret(service), password);
          await context.change(`Password of ${service.name} changed`, (changed) => {
            changed.data[passwordVersionKey] = passwordVersion(changed) + 1;
          });
        },
      },
      {
        name: 'apply',
        title: 'Give it to the database',
        async run(progress) {
          if (!service.running) return; // it takes it when it starts
          await context.until('the database has the new password', hasNewestPassword, progress.signal);
        },
      },
    ],
    requestedBy,
  );
  return { operation };
}

function hasNewestPassword(view: ServiceView): boolean {
  const wanted = passwordVersion(view.service);
  return view.nodes.every(({ observed }) => {
    const detail = MysqlNodeDetail.safeParse(observed?.detail);
    return detail.success && detail.data.passwordVersion >= wanted;
  });
}

/** Sends a dump to the node and waits until it is loaded. */
async function load(context: ServiceContext, path: string, name: string, progress: StepProgress): Promise<void> {
  const { id: node } = runningNode(context.view).desired;
  progress.update(undefined, 'The database reads it');
  await context.agent.upload(node, 'load_dump', { node }, { path, name }, progress.signal);
}

function refuseFrozen({ service, state }: ServiceView): void {
  if (!state.frozen) return;
  throw new ConpaasError(
    'conflict',
    `${service.name} takes no changes now: the application is being moved. Load the dump where it is moved to.`,
  );
}

/** Stores the dump as a blob, for the export, and loads it as an operation. */
async function startLoad(context: ServiceContext, body: UploadedFile | undefined, requestedBy: string) {
  if (body === undefined) {
    throw new ConpaasError('invalid_request', 'A dump has to be uploaded: a .sql or .sql.gz file.');
  }
  refuseFrozen(context.view);
  runningNode(context.view); // better said before gigabytes are stored
  const { name } = body;
  const { blob } = await context.putBlob(body.path);
  // The upload's file goes when this method has answered; the operation needs it longer. A second name costs nothing.
  const file = `${body.path}.load`;
  await link(body.path, file);
  const steps = [
    {
      name: 'load',
      title: 'Load the dump',
      async run(progress: StepProgress) {
        try {
          await load(context, file, name, progress);
        } finally {
          await rm(file, { force: true });
        }
      },
    },
    {
      name: 'record',
      title: 'Note what was loaded',
      async run() {
        await context.change(`Dump ${name} loaded`, (service) => {
          service.data[recordedKeys.dump] = { Blob: blob, Name: name };
        });
      },
    },
  ];
  try {
    const title = `Load ${name} into ${context.view.service.name}`;
    return { operation: await context.operation('load_dump', title, steps, requestedBy) };
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
}
