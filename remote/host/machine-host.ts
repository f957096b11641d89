/**
 * The host of a real VM: one machine, this one. Its list of control processes is on disk (`machine.json`, laid down
 * before the host's first start) and is replaced as a whole, so a host that was killed anywhere goes on at its next start.
 * Who changes it: whoever runs a program on the machine, or the director, where the list says to follow it there.
 */
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { z } from 'zod';
import { ConpaasError, type Handlers, type HostProcess, toFailure, VmId } from '../core/contract/index.ts';
import { type HostVolume, MachineList, type machineHostMethods } from '../core/contract/machine-host.ts';
import type { Program } from '../core/contract/release.ts';
import { writeFileAtomic } from '../core/files/index.ts';
import { readConfined, writeConfined } from './confined-files.ts';
import { followList } from './follow-list.ts';
import { createMachine } from './machine.ts';
import { createMounts } from './mounts.ts';
import { ownAddress } from './own-address.ts';
import { createOwnProgram, stateFileOf } from './own-program/index.ts';
import { installPackages } from './packages/install.ts';
import { sourceOf } from './program-switch.ts';
import type { VmRecord } from './records.ts';
import { storeOf } from './release-store.ts';
import { keepReleasesSwept, statesIn } from './release-sweep.ts';
import { createSerial } from './serial.ts';

export interface MachineHostOptions {
  /** Without links in its path. */
  readonly directory: string;
  readonly bundles: string;
  readonly log: (line: string) => void;
  /** Called by `shutdown`, after the answer is under way. */
  readonly onShutdown: () => void;
  /** This machine's address; looked up where absent. */
  readonly address?: string | undefined;
}

export interface MachineHost extends AsyncDisposable {
  readonly handlers: Omit<Handlers<typeof machineHostMethods>, 'hello'>;
  /** To be called once it serves: when it has looked after its machine for the first time, it has proved itself. */
  settled(): Promise<void>;
}

/** A list that could not be settled (a full disk, a volume that has not appeared yet) is tried again this often. */
const retryMs = 2000;
/** For the files of another host to come, milliseconds. */
const fetchMs = 10 * 60_000;

/**
 * Reads the list and begins to settle the machine to it: what lives is adopted, what is listed is started, the rest is
 * ended.
 * @throws where `machine.json` is missing or damaged: a host that guessed would end what should run
 */
export async function openMachineHost(options: MachineHostOptions): Promise<MachineHost> {
  const { directory, log } = options;
  const listFile = path.join(directory, 'machine.json');
  const homes = path.join(directory, 'homes');
  await mkdir(homes, { recursive: true, mode: 0o700 });
  const list: z.output<typeof MachineList> = MachineList.parse(JSON.parse(await readFile(listFile, 'utf8')));
  const record: VmRecord = {
    id: VmId.parse(list.name),
    name: list.name,
    address: options.address ?? ownAddress(),
    tags: {},
    createdAt: 0,
    processes: list.processes,
    destroying: false,
  };
  let current = list;
  const mounts = createMounts({ directory: path.join(directory, 'volumes'), log });
  const store = storeOf(options.bundles);
  const own = createOwnProgram({ directory, store, end: options.onShutdown, log });
  const stop = new AbortController();
  const machine = createMachine(record, {
    directory: homes,
    supervised: path.join(directory, 'supervised'),
    compiled: path.join(directory, 'compiled'),
    store,
    fresh: false,
    volumes: mounts.places,
    onGood: () => swept.again(),
    log,
  });
  // Once per machine: the releases of all that runs here lie in one place.
  const swept = keepReleasesSwept({ releases: store.releases, log }, async () => ({
    states: [...(await statesIn(homes)), stateFileOf(directory)],
    wanted: current.processes.map(({ program }) => program?.release),
  }));
  const serial = createSerial();
  // Control processes of a local machine inherit its claim on an address; here there is nothing to claim.
  const nothing = openSync('/dev/null', 'r');

  async function settle(): Promise<void> {
    // A volume that is not there keeps nothing from running but what needs it.
    const unmounted = await mounts.settle(current.volumes ?? []).then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    try {
      await machine.settle('on', nothing);
      if (unmounted) throw unmounted.error;
    } catch (error) {
      machine.fail(error);
      log(`settling failed: ${error instanceof Error ? error.message : String(error)}`);
      throw error;
    }
  }

  const change = (changes: Partial<Pick<typeof list, 'processes' | 'volumes'>>): Promise<void> =>
    serial(async () => {
      const next = { ...current, ...changes };
      for (const listed of [next.processes, next.volumes ?? []]) {
        if (new Set(listed.map(({ name }) => name)).size === listed.length) continue;
        throw new ConpaasError('invalid_request', 'Two of one name.');
      }
      await writeFileAtomic(listFile, JSON.stringify(next));
      current = next;
      machine.record = { ...machine.record, processes: [...next.processes] };
      await settle();
    });
  const take = (processes: readonly HostProcess[], volumes?: readonly HostVolume[]): Promise<void> =>
    change({ processes: [...processes], ...(volumes && { volumes: [...volumes] }) });

  const first = serial(settle).catch(() => undefined); // logged, shown as the cause, and tried again
  const retrying = setInterval(() => {
    if (machine.problem !== undefined) void serial(settle).catch(() => undefined); // logged there
  }, retryMs).unref();

  const replaceHost = async (program: Program): Promise<boolean> => {
    const [one] = current.processes;
    const source = list.follow?.director ?? (one && sourceOf(one, path.join(homes, one.name)));
    return own.replace(program, source, AbortSignal.any([stop.signal, AbortSignal.timeout(fetchMs)]));
  };

  const following =
    list.follow &&
    followList({
      ...{ bootstrap: list.follow, directory, take, log, facts: own.facts, replaceHost },
      prepare: (director, signal) =>
        installPackages({
          ...{ packages: list.packages ?? [], directory, signal, log },
          download: (archive, file, gone) =>
            director.download('get_package', { archive, path: file }, { signal: gone }),
        }),
    });

  return {
    handlers: {
      get_machine: async () => ({
        address: machine.record.address,
        ...described(machine.info()),
        host: await own.facts(),
      }),
      async replace_machine_host({ program }) {
        void replaceHost(program).catch((error: unknown) =>
          log(`the host is not replaced: ${toFailure(error).message}`),
        );
        return {};
      },
      async set_machine_processes({ processes }) {
        await take(processes);
        return {};
      },
      async set_machine_volumes({ volumes }) {
        await change({ volumes });
        return {};
      },
      read_machine_file: async ({ path: file }) => ({ content: (await readConfined(homes, file)) ?? null }),
      async write_machine_file({ path: file, content }) {
        await writeConfined(homes, file, content);
        return {};
      },
      async shutdown() {
        setImmediate(options.onShutdown);
        return {};
      },
    },
    async settled() {
      await first;
      if (await own.confirm()) swept.again();
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await following?.[Symbol.asyncDispose]();
      clearInterval(retrying);
      swept[Symbol.dispose]();
      await serial(async () => machine[Symbol.asyncDispose]());
      closeSync(nothing);
    },
  };
}

function described({ state, cause, processes }: ReturnType<ReturnType<typeof createMachine>['info']>) {
  return { state, processes, ...(cause === undefined ? {} : { cause }) };
}
