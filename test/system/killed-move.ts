/**
 * An application that is moved to and fro between two deployments, or two clouds of one, by commands that are killed (SIGKILL) at a commit of
 * what they have on record. After each kill one of the two applications is whole; then the move is gone on with or taken
 * back, and nothing of the other one is left.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { ApplicationSummary } from '../../remote/core/contract/index.ts';
import { type Desk, type Ended, logs, openDesk } from './desk.ts';
import { ask, probeManifest } from './probe.ts';
import { processesOf } from './processes.ts';
import { Status } from './status.ts';
import { until } from './until.ts';

export interface MoveKill {
  /** The command that is killed: up to the switch, after it, or while it is taken back. */
  readonly command: 'move' | 'finish' | 'undo';
  /** Of journal and record, counted from 1. */
  readonly commit: number;
  readonly moment: 'before' | 'after';
  /** What the user does then. */
  readonly next: 'go on' | 'undo';
}

/** How many commits each makes: two lines a step, and the changes of the record. */
export const commits = { move: 26, finish: 9, undo: 7 } as const;

/** Every commit, before and after it; after every second kill of a move it is taken back. */
export function allKills(): MoveKill[] {
  return Object.entries(commits).flatMap(([command, count]) =>
    Array.from({ length: count }, (_, index) => index + 1).flatMap((commit) =>
      (['before', 'after'] as const).map((moment, index): MoveKill => {
        const next = command === 'move' && (commit + index) % 2 === 0 ? 'undo' : 'go on';
        return { command: command as MoveKill['command'], commit, moment, next };
      }),
    ),
  );
}

export const describeKill = ({ command, commit, moment, next }: MoveKill): string =>
  `${command}, killed ${moment} commit ${commit}, then ${next}`;

const MoveFacts = z.object({ name: z.string(), state: z.string(), readOnlyMs: z.number().optional() });
type MoveFacts = z.infer<typeof MoveFacts>;

export interface MovingProbe extends AsyncDisposable {
  readonly desk: Desk;
  /** Where it is now. */
  readonly side: string;
  /** Moves it to the other side, whole: with confirmation. @returns facts of the move before the old one is removed */
  move(): Promise<MoveFacts>;
  /** A kill, what follows, and all that must hold after each. */
  travel(kill: MoveKill): Promise<void>;
  /** It answers here with all that was written, and takes more. */
  isWhole(): Promise<void>;
}

/** What is moved to and fro between. */
export type MoveBetween = 'deployments' | 'clouds';

/** Names of the two sides. */
const sides = {
  deployments: { one: ['--deployment', 'one'], two: ['--deployment', 'two'] },
  clouds: { local: [], attic: [] },
} as const;

/** Two deployments, or one with two clouds, and an application with a database, a secret and a setting at the first. */
export async function openMovingProbe(between: MoveBetween = 'deployments'): Promise<MovingProbe> {
  const work = await mkdtemp(path.join(os.tmpdir(), 'conpaas-move-'));
  const desk = await openDesk();
  const rows: string[] = [];
  const words: Readonly<Record<string, readonly string[]>> = sides[between];
  const [first = '', second = ''] = Object.keys(words);
  let side = first;
  const other = () => (side === first ? second : first);

  const applications = async (at: string) => {
    const all = await desk.json(z.array(ApplicationSummary), ...(words[at] ?? []), 'app', 'list');
    return between === 'clouds' ? all.filter(({ cloud }) => cloud === at) : all;
  };
  const moves = () => desk.json(z.array(MoveFacts), 'move');
  /** As long as the application there is the same. */
  const addresses = new Map<string, string>();
  async function address(at: string): Promise<string> {
    const known = addresses.get(at);
    if (known !== undefined) return known;
    const found = await until(
      `an address at ${at}`,
      // Until it counts, the new one is called otherwise where both are at one director; the old one is from then on.
      async () => (await applications(at)).find(({ name }) => /^Probe( \(.*\))?$/.test(name))?.address,
    );
    addresses.set(at, found);
    return found;
  }

  async function post(at: string): Promise<number> {
    const row = `row-${rows.length + 1}`;
    const { status } = await fetch(`${await address(at)}/post?id=${row}`, { method: 'POST' });
    if (status === 200) rows.push(row);
    return status;
  }

  /** All that was written, each once; with secret, setting and code. */
  async function has(at: string): Promise<void> {
    const base = await address(at);
    const { posts } = await ask(base, '/posts');
    if (JSON.stringify(posts) !== JSON.stringify(Object.fromEntries(rows.toSorted().map((row) => [row, 1])))) {
      throw new Error(`At ${at} there are ${JSON.stringify(posts)}, not ${rows.join()}.`);
    }
    for (const [name, value] of [
      ['TOKEN', 'a secret'],
      ['COLOUR', 'blue'],
    ] as const) {
      const { environment, version } = await ask(base, `/environment?name=${name}`);
      if (environment !== value || version !== 'one')
        throw new Error(`${name} is ${String(environment)} in ${version}.`);
    }
  }

  async function nothingLeft(): Promise<void> {
    const deployments = await desk.json(z.array(Status), 'status');
    const id = (deployments.find(({ name }) => name === other()) ?? deployments[0])?.id ?? '';
    const parts = { local: 'cloud/vms', attic: 'clouds/attic' };
    const place = between === 'clouds' ? parts[other() as keyof typeof parts] : '';
    await until(`nothing at ${other()}`, async () => (await applications(other())).length === 0);
    await until('the end of its processes', () => {
      const left = processesOf(path.join(desk.home, 'deployments', id, place));
      return left.every(({ kind }) => kind === 'host' || kind === 'director');
    });
    const left = await readdir(path.join(desk.home, 'moves')).catch(() => []);
    if (left.length > 0) throw new Error(`On record are still ${left.join(', ')}.`);
  }

  const begin = (): string[] => [...(words[side] ?? []), '--json', 'move', 'Probe', '--to', other()];
  async function must(words: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await desk.run(words);
    if (code === 0) return stdout;
    throw new Error(`conpaas ${words.join(' ')}: ${code}\n${stderr}${stdout}`);
  }

  async function toSwitch(): Promise<MoveFacts> {
    const [known] = await moves();
    if (known && known.state !== 'moving') return known;
    return MoveFacts.parse(JSON.parse(await must(known ? ['--json', 'move', 'Probe', '--resume'] : begin())));
  }

  /** Begun, gone on with, or ended already: the old one goes. */
  async function toEnd(): Promise<MoveFacts> {
    const facts = await toSwitch();
    addresses.delete(other());
    if (facts.state === 'switched') {
      await has(other());
      const status = await post(side);
      if (status !== 503) throw new Error(`The old one answers a change by ${status}, though the new one counts.`);
    }
    await must(['move', 'Probe', '--finish', '--yes']);
    side = other();
    return facts;
  }

  async function kill({ command, commit, moment }: MoveKill): Promise<Ended> {
    const commands = {
      move: begin(),
      finish: ['move', 'Probe', '--finish', '--yes'],
      undo: ['move', 'Probe', '--undo', '--yes'],
    };
    return desk.run(commands[command], { environment: { CONPAAS_CRASH: `move:${commit}:${moment}` } });
  }

  const probe: MovingProbe = {
    desk,
    get side() {
      return side;
    },
    async move() {
      const facts = await toEnd();
      await nothingLeft();
      return facts;
    },
    async isWhole() {
      await has(side);
      if ((await post(side)) !== 200) throw new Error(`At ${side} it takes no changes.`);
      await has(side);
    },
    async travel(point) {
      try {
        if (point.command !== 'move') await toSwitch();
        const ended = await kill(point);
        if (ended.code !== null) throw new Error(`it was not killed: ${ended.code} ${ended.stderr}${ended.stdout}`);
        const [found] = await moves();
        addresses.delete(other());
        // Read only perhaps, but whole.
        const counts = found?.state === 'switched' || found?.state === 'removing' ? other() : side;
        if (found || point.command === 'move') await has(counts);
        if (point.next === 'undo' || point.command === 'undo') {
          if (found) await must(['move', 'Probe', '--undo', '--yes']);
        } else if (found || point.command === 'move') await toEnd();
        else side = other(); // it had ended but for its last line
        await nothingLeft();
        await probe.isWhole();
      } catch (error) {
        throw new Error(`${describeKill(point)}\n${String(error)}\n${await logs(desk.home)}`, { cause: error });
      }
    },
    async [Symbol.asyncDispose]() {
      await rm(work, { recursive: true, force: true });
      await desk[Symbol.asyncDispose]();
    },
  };

  try {
    if (between === 'clouds') {
      await must(['up']);
      await must(['director', 'cloud', 'add', second]);
    } else await Promise.all(Object.values(words).map((at) => must([...at, 'up'])));
    const more = { Secrets: ['TOKEN'], Environment: { COLOUR: 'blue' }, Configuration: { memory_limit: '96M' } };
    const manifest = await probeManifest(work, { database: true, more });
    const home = words[first] ?? [];
    await must([...home, 'apply', manifest, '--wait']);
    const set = [...home, 'secret', 'set', 'Probe', 'TOKEN'];
    const { code, stderr } = await desk.run(set, { input: 'a secret' });
    if (code !== 0) throw new Error(stderr);
    await until(
      'the secret',
      async () => (await ask(await address(first), '/environment?name=TOKEN')).environment === 'a secret',
    );
    await post(first);
    await probe.isWhole();
    return probe;
  } catch (error) {
    const text = await logs(desk.home);
    await probe[Symbol.asyncDispose]();
    throw new Error(`${String(error)}\n${text}`, { cause: error });
  }
}
