/** move: an application to another director, or to another cloud of the same. */
import type { Command } from 'commander';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import { durationText, type MovePlan, type MoveRecord, type Moves, openMoves } from '../../move/index.ts';
import type { Run } from '../program.ts';
import type { Session } from '../session.ts';
import { formatTime, table } from '../terminal.ts';
import { differenceText } from './costs.ts';

interface Options {
  readonly to?: string;
  readonly plan?: boolean;
  readonly resume?: boolean;
  readonly finish?: boolean;
  readonly undo?: boolean;
  readonly yes?: boolean;
}

export function moveCommands(program: Command, run: Run): void {
  program
    .command('move')
    .argument('[app]', 'left out: what is being moved now')
    .option('--to <place>', 'another director of this desktop, or another cloud')
    .option('--plan', 'show what it would do, and do nothing')
    .option('--resume', 'go on with one that was cut short')
    .option('--finish', 'remove the old application, once the new one counts')
    .option('--undo', 'take it back: remove the new application')
    .option('--yes', 'do not ask')
    .description('Move an application with its code, data and secrets; the old one stays until the new one was checked')
    .action(
      run(async (session, options: Options, application?: string) => {
        const moves = openMoves({
          dataDirectory: await session.dataDirectory(),
          deployments: await session.deployments(),
        });
        if (application === undefined) return list(session, moves);
        checkOptions(options);
        if (options.undo) return undo(session, moves, application, options);
        if (options.finish) return finish(session, moves, await moves.find(application), options);
        if (options.resume) return carryOut(session, moves, await moves.find(application), options);
        const request = { from: session.deployment, application, to: options.to ?? '' };
        const plan = await moves.plan(request, session.signal);
        if (options.plan) {
          session.terminal.result(plan, () => describePlan(plan));
          return;
        }
        for (const note of plan.notes) session.terminal.note(`Note: ${note}`);
        return carryOut(session, moves, await moves.add(request, session.signal), options);
      }),
    );
}

function checkOptions({ to, plan, resume, finish: finishing, undo: undoing }: Options): void {
  const chosen = [to, resume, finishing, undoing].filter((one) => one !== undefined);
  if (chosen.length !== 1) {
    throw new ConpaasError('invalid_request', 'Say one of --to PLACE, --resume, --finish and --undo.');
  }
  if (plan && to === undefined) throw new ConpaasError('invalid_request', 'A plan is made with --to PLACE.');
}

/** Up to where the new application counts; then the old one is removed, if the user says so. */
async function carryOut(session: Session, moves: Moves, { id }: MoveRecord, options: Options): Promise<void> {
  const { signal, terminal } = session;
  let moved: MoveRecord;
  try {
    moved = await moves.resume(id, { signal, onOperation: (operation) => terminal.progress(operation) });
  } catch (error) {
    const { name } = await moves.find(id);
    terminal.note(`${name} counts here as before. Go on with: conpaas move ${name} --resume; or: --undo`);
    throw error;
  }
  const { name, address } = moved;
  terminal.note(
    `${name} is moved${address ? ` and answers at ${address}` : ''}${heldText(moved)}. The old one is kept, read only.`,
  );
  if (options.yes || session.stdin.isTTY) {
    await finish(session, moves, moved, options);
    return;
  }
  terminal.result(facts(moved), () => `Look at it; then remove the old one with: conpaas move ${name} --finish`);
}

async function finish(session: Session, moves: Moves, move: MoveRecord, options: Options): Promise<void> {
  const { signal, terminal } = session;
  const warning = `This removes the application that ${move.name} was moved from, with its machines and data.`;
  await session.confirm(warning, move.name, options.yes === true);
  await moves.finish(move.id, { signal, onOperation: (operation) => terminal.progress(operation) });
  terminal.result({ ...facts(move), state: 'done' }, () => move.address ?? `${move.name} is moved.`);
}

async function undo(session: Session, moves: Moves, application: string, options: Options): Promise<void> {
  const { signal, terminal } = session;
  const move = await moves.find(application);
  if (move.state === 'switched') {
    const warning = `The new ${move.name} counts since ${formatTime(move.switchedAt ?? 0)}. What was written to it since is lost.`;
    await session.confirm(warning, move.name, options.yes === true);
  }
  await moves.undo(move.id, { signal, onOperation: (operation) => terminal.progress(operation) });
  terminal.result({ ...facts(move), state: 'undone' }, () => `${move.name} is where it was, and takes changes.`);
}

async function list(session: Session, moves: Moves): Promise<void> {
  const all = await moves.list();
  const names = new Map((await (await session.deployments()).list()).map(({ id, name }) => [id, name]));
  const rows = all.map((move) => [
    move.name,
    move.state,
    `${names.get(move.from.deployment) ?? move.from.deployment}${move.from.cloud ? ` (${move.from.cloud})` : ''}`,
    `${names.get(move.to.deployment) ?? move.to.deployment}${move.to.cloud ? ` (${move.to.cloud})` : ''}`,
    formatTime(move.startedAt),
  ]);
  session.terminal.result(all.map(facts), () =>
    all.length === 0
      ? 'Nothing is being moved. Move an application with: conpaas move APP --to PLACE'
      : table(['name', 'state', 'from', 'to', 'since'], rows),
  );
}

/** As `--json` tells it. */
function facts({ id, name, state, from, to, startedAt, frozenAt, switchedAt, address }: MoveRecord) {
  const readOnlyMs = frozenAt === undefined || switchedAt === undefined ? undefined : switchedAt - frozenAt;
  return { id, name, state, from, to, startedAt, switchedAt, readOnlyMs, address };
}

function heldText({ frozenAt, switchedAt }: MoveRecord): string {
  if (frozenAt === undefined || switchedAt === undefined) return '';
  return ` (its databases were read only for ${((switchedAt - frozenAt) / 1000).toFixed(1)} s)`;
}

function describePlan(plan: MovePlan): string {
  const place = ({ name, cloud }: MovePlan['from']): string => (name === cloud ? name : `${name} (${cloud})`);
  const bytes = (count: number): string => `${(count / 1024 ** 2).toFixed(1)} MiB`;
  return [
    `Move ${plan.name} from ${place(plan.from)} to ${place(plan.to)}`,
    ...plan.services.map(
      ({ name, type, running, dataBytes }) =>
        `+ ${name} (${type})${dataBytes === undefined ? '' : `, data ${bytes(dataBytes)}`}${running ? '' : ', not started'}`,
    ),
    `+ code: ${plan.code.files} file(s), ${bytes(plan.code.bytes)}; secrets: ${plan.secrets.length}`,
    '- the old one, when you have confirmed that',
    ...(plan.cost ? [`There: ${differenceText(plan.cost)}`] : []),
    ...(plan.costNow === undefined ? [] : [`Here, until it is removed: $${plan.costNow.toFixed(4)} an hour`]),
    ...(plan.readOnlySeconds > 0 ? [`Read only for about ${durationText(plan.readOnlySeconds)}`] : []),
    ...plan.notes.map((note) => `Note: ${note}`),
  ].join('\n');
}
