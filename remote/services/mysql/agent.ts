/** The agent's half of MySQL: one MariaDB server per node. */
import { join } from 'node:path';
import type { NodeAssignment } from '../../core/contract/agent.ts';
import { ConpaasError } from '../../core/contract/errors.ts';
import type { NodeContext, NodeMeasurement, ServiceAgent, ServiceAgentNode } from '../../core/service/agent.ts';
import { type Clients, createClients } from './agent/clients.ts';
import { createDumps, type Dumps } from './agent/dumps.ts';
import { type Layout, layoutOf, socketFromRun } from './agent/layout.ts';
import { createServer, type Server, type Wanted } from './agent/server.ts';
import { readStatistics } from './agent/statistics.ts';
import { createStatusClient, type StatusClient } from './agent/status-client.ts';
import { statusFigures, statusStatement } from './figures.ts';
import { MysqlNodeConfiguration, type MysqlNodeDetail } from './node-configuration.ts';

export function createServiceAgent(): ServiceAgent {
  return (context) => new MysqlNode(context);
}

/** Preferred port; another one is reported when it is taken. */
const mysqlPort = 3306;
const regainMs = 600_000;

class MysqlNode implements ServiceAgentNode {
  readonly #context: NodeContext;
  readonly #layout: Layout;
  readonly #clients: Clients;
  readonly #server: Server;
  readonly #dumps: Dumps;
  readonly #status: StatusClient;
  #assignment: NodeAssignment | undefined;
  /** In force. */
  #wanted: Wanted | undefined;

  constructor(context: NodeContext) {
    this.#context = context;
    this.#layout = layoutOf(context);
    this.#clients = createClients(context, this.#layout);
    this.#server = createServer(context, this.#layout, this.#clients);
    this.#dumps = createDumps(context, this.#layout, this.#clients);
    this.#status = createStatusClient(() => ({
      directory: this.#layout.run,
      socket: socketFromRun,
      user: 'root',
      password: this.#running().configuration.rootPassword,
    }));
  }

  readonly handlers: ServiceAgentNode['handlers'] = {
    setup_master: async (_params, call) => {
      if (!this.#assignment) throw this.#notRunning();
      await this.apply(this.#assignment, call.signal);
      return {};
    },
    load_dump: async (_params, call, body) => {
      const wanted = this.#running();
      if (!body) throw new ConpaasError('invalid_request', 'A dump has to be uploaded: a .sql or .sql.gz file.');
      await this.#server.forgetAccounts();
      // Also when the caller has gone: the server must obey us again.
      const regain = () => this.#server.setAccounts(wanted, AbortSignal.timeout(regainMs));
      return { databases: await this.#dumps.load(body, wanted.configuration, regain, call.signal) };
    },
    get_statistics: (_params, call) => {
      this.#running();
      return readStatistics(this.#clients, call.signal);
    },
    dump: (params, call) =>
      this.#dumps.dump(this.#running().configuration.database, params['gzip'] === true, call.signal),
  };

  async apply(assignment: NodeAssignment, signal: AbortSignal): Promise<void> {
    this.#assignment = assignment;
    const configuration = MysqlNodeConfiguration.parse(assignment.configuration);
    const port = await this.#context.port('mysql', mysqlPort);
    const wanted: Wanted = { configuration, port, restarts: assignment.restarts };
    await this.#server.bring(wanted, signal);
    await this.#dumps.repair(signal);
    await this.#context.endLeftovers();
    this.#wanted = wanted;
    this.#context.changed();
  }

  async stop(): Promise<void> {
    this.#wanted = undefined;
    this.#status.close();
    await this.#server.stop();
  }

  report() {
    if (!this.#wanted) return { ports: {}, detail: {} };
    const { configuration, port } = this.#wanted;
    const detail: MysqlNodeDetail = {
      database: configuration.database,
      passwordVersion: configuration.passwordVersion,
      ...(configuration.readOnly && { readOnly: true }),
    };
    return { ports: { mysql: port }, detail };
  }

  async measure(signal: AbortSignal): Promise<NodeMeasurement> {
    if (!this.#wanted || !this.#server.running) return { figures: {} };
    return { figures: statusFigures(await this.#status.pairs(statusStatement, signal)) };
  }

  logs(): Readonly<Record<string, string>> {
    const { logs } = this.#layout;
    return { mariadb: join(logs, 'mariadb.log'), slow: this.#layout.slowLog, setup: join(logs, 'setup.log') };
  }

  #running(): Wanted {
    if (!this.#wanted || !this.#server.running) throw this.#notRunning();
    return this.#wanted;
  }

  #notRunning(): ConpaasError {
    return new ConpaasError(
      'conflict',
      `The database ${this.#context.service} is not running. Start the service first.`,
      {
        retry: true,
      },
    );
  }
}
