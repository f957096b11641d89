/** A director's store with thousands of applications, as if it had served them for long. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ServiceId } from '../../remote/core/contract/ids.ts';
import { emptyService } from '../../remote/core/service/state.ts';

export interface Seed {
  readonly applications: number;
  readonly nodesEach: number;
}

/** Name of a seeded application. */
export function seededName(index: number): string {
  return `application-${String(index).padStart(4, '0')}`;
}

/** Seeds the only director of a CONPAAS_HOME, which must not be running. */
export async function seedDirectorOf(home: string, seed: Seed): Promise<void> {
  const files = await readdir(home, { recursive: true });
  const journal = files.find((file) => path.basename(file) === 'director.db');
  if (journal === undefined) throw new Error('The director has no journal.');
  seedDirector(path.join(home, journal), seed);
}

/** Adds applications with their machines and desired states to a director's journal. */
function seedDirector(file: string, { applications, nodesEach }: Seed): void {
  const database = new DatabaseSync(file);
  try {
    const application = database.prepare('INSERT INTO application (id, name, record) VALUES (?, ?, ?)');
    const vm = database.prepare('INSERT INTO vm (id, application, slot, record) VALUES (?, ?, ?, ?)');
    const state = database.prepare(
      'INSERT INTO state (application, epoch, n, document, outline) VALUES (?, 1, 1, ?, ?)',
    );
    database.exec('BEGIN');
    for (let index = 0; index < applications; index += 1) {
      const id = `app-seed${String(index).padStart(4, '0')}`;
      const name = seededName(index);
      const common = { createdAt: Date.now() - index * 60_000, cloud: 'local' };
      application.run(id, name, JSON.stringify({ id, name, ...common, createdBy: 'bench', epoch: 1, deleting: false }));
      const nodes = Array.from({ length: nodesEach }, (_, node) => ({
        id: `web-backend-${node + 1}`,
        service: 's1',
        role: 'backend',
        slot: `m${node}`,
        phase: 'wanted',
        restarts: 0,
        operation: 'op-seed',
        createdAt: common.createdAt,
      }));
      for (const { slot } of nodes) {
        const machine = `vm-${index}-${slot}`;
        // Gone: no cloud has these, and the sweep need not find that out.
        const record = { id: machine, application: id, role: 'application', state: 'gone', slot, ...common };
        const more = { size: 'this-computer', pricePerHour: 0, operation: 'op-seed', managers: [], managerPorts: {} };
        vm.run(machine, id, slot, JSON.stringify({ ...record, ...more }));
      }
      const web = emptyService(ServiceId.parse('s1'), 'php', 'web');
      const services = [{ ...web, running: true, nextNode: { backend: nodesEach + 1 } }];
      const document = {
        schema: 1,
        application: id,
        name,
        description: '',
        services,
        nodes,
        nextService: 2,
        nextSlot: 99,
      };
      const outline = { services: services.map(({ name: of, type }) => ({ name: of, type })), wanted: nodesEach };
      state.run(id, JSON.stringify(document), JSON.stringify(outline));
    }
    database.exec('COMMIT');
  } finally {
    database.close();
  }
}
