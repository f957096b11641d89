/** Keeps a set of processes: one record and one SupervisedProcess each. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { endRecord, killAll, killTagged, livingMain } from './end.ts';
import { adopt, specHash } from './launch.ts';
import { openRecords, type ProcessRecord, type Records } from './records.ts';
import { SupervisedProcess } from './supervised-process.ts';
import type { ProcessSpec, Supervised, Supervisor, SupervisorOptions } from './types.ts';

/** Makes a supervisor. Programs of `runOnce` that an earlier life has left running are ended at once. */
export function createSupervisor(options: SupervisorOptions): Supervisor {
  const records = openRecords(options.directory);
  const processes = new Map<string, { readonly supervised: SupervisedProcess; readonly hash: string }>();
  /** Starts of the same name, one after the other. */
  const turns = new Map<string, Promise<unknown>>();
  const cleared = clearRuns(records);

  async function start(spec: ProcessSpec): Promise<Supervised> {
    await cleared;
    const hash = specHash(spec);
    const known = processes.get(spec.name);
    if (known) {
      if (known.hash === hash && isGoing(known.supervised)) {
        known.supervised.update(spec);
        return known.supervised;
      }
      await known.supervised.stop();
    }
    mkdirSync(dirname(spec.log.path), { recursive: true, mode: 0o700 });
    const record = records.read(spec.name);
    const adopted = record && (await reclaim(record, hash));
    const supervised = new SupervisedProcess({
      spec,
      records,
      adopted,
      restarts: record?.restarts ?? 0,
      onChange: (state) => {
        options.onChange(spec.name, state);
        const current = processes.get(spec.name)?.supervised === supervised;
        if (state.kind === 'stopped' && current) processes.delete(spec.name);
      },
    });
    processes.set(spec.name, { supervised, hash });
    return supervised;
  }

  /** Adopts what a record names, or clears it away. */
  async function reclaim(record: ProcessRecord, hash: string) {
    const main = livingMain(record);
    if (main && record.hash === hash) {
      const complete = { ...record, main };
      records.write(complete);
      return (signal: AbortSignal) => adopt(complete, main, signal);
    }
    if (main) await endRecord(records, record);
    else await killAll(records, record); // its workers may have outlived it
    records.remove(record.name);
    return undefined;
  }

  return {
    start(spec) {
      const turn = (turns.get(spec.name) ?? Promise.resolve()).then(
        () => start(spec),
        () => start(spec),
      );
      turns.set(spec.name, turn);
      return turn;
    },
    async endLeftovers() {
      await cleared;
      await Promise.all(turns.values()).catch(() => undefined); // a failed start is its caller's
      const unclaimed = records.list().filter(({ name, kind }) => kind === 'engine' && !processes.has(name));
      await Promise.all(unclaimed.map((record) => endRecord(records, record)));
      if (records.isNew) return;
      // Started in the instant before somebody's death, not recorded yet.
      await killTagged(
        records,
        (name) => !name.includes('/') && !processes.has(name) && records.read(name) === undefined,
      );
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...processes.values()].map(({ supervised }) => supervised.detach()));
      processes.clear();
    },
  };
}

/** Ends what nobody will claim: programs of `runOnce`, and what was started in the instant before a death, unrecorded. */
async function clearRuns(records: Records): Promise<void> {
  if (records.isNew) return;
  const runs = records.list().filter((record) => record.kind === 'run');
  await Promise.all(runs.map((record) => endRecord(records, record)));
  await killTagged(records, (name) => !name.includes('/') && records.read(name) === undefined);
}

/** Whether it runs or will run again by itself. */
function isGoing(supervised: Supervised): boolean {
  const { kind } = supervised.state;
  return kind === 'starting' || kind === 'running' || kind === 'backing_off';
}
