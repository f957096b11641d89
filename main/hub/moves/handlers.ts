import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import { OperationId } from '../../../remote/core/contract/ids.ts';
import type { Operation } from '../../../remote/core/contract/operation.ts';
import { type MoveRecord, type Moves, openMoves, type Place } from '../../move/index.ts';
import type { MoveFacts, moveCalls } from '../calls/moves.ts';
import type { Directors } from '../directors.ts';
import type { VaultKeeper } from '../vault/keeper.ts';
import type { SubjectHandlers } from '../window-port.ts';

type Work = (moves: Moves, options: Parameters<Moves['undo']>[1]) => Promise<unknown>;

export function moveHandlers(keeper: VaultKeeper, directors: Directors): SubjectHandlers<typeof moveCalls> {
  /** What this program is doing about moves, by their ids. */
  const underWay = new Map<string, AbortController>();

  const open = async () => {
    const { deployments } = await keeper.open();
    return { deployments, moves: openMoves({ dataDirectory: keeper.dataDirectory, deployments }) };
  };

  /** Both directors have it among their operations; answered as soon as it has begun. */
  async function start({ id, from, to }: MoveRecord, moves: Moves, work: Work): Promise<{ operation: OperationId }> {
    if (underWay.has(id)) throw new ConpaasError('conflict', 'Something is being done about this move already.');
    const controller = new AbortController();
    underWay.set(id, controller);
    const shown = new Set([from.deployment, to.deployment]);
    const closing = directors.hubOf(from.deployment)?.closing;
    const signal = closing ? AbortSignal.any([controller.signal, closing]) : controller.signal;
    let operation = OperationId.parse(id);
    const show = (progress: Operation): void => {
      operation = progress.id;
      for (const deployment of shown) {
        const application = deployment === from.deployment ? from.application : to.application;
        // What can be done about it is said by the page of the application, which knows the move.
        const operation = { ...progress, target: { application }, cancellable: false, retryable: false };
        directors.hubOf(deployment)?.showOperation(operation);
      }
    };
    await new Promise<void>((resolve, reject) => {
      work(moves, {
        signal,
        onOperation: (progress) => {
          show(progress);
          resolve();
        },
      })
        // Its failure is shown by the operation; one before there is an operation is the answer.
        .then(() => resolve(), reject)
        .finally(() => underWay.delete(id));
    });
    return { operation };
  }

  const requestOf = (shown: string, application: string, to: { deployment: string; cloud: string }) => ({
    from: shown,
    application,
    to: to.deployment === shown ? to.cloud : to.deployment,
  });

  return {
    list_moves: async (_params, { window }): Promise<readonly MoveFacts[]> => {
      const shown = directors.chosen(window);
      const { deployments, moves } = await open();
      const [all, known] = await Promise.all([moves.list(), deployments.list()]);
      const nameOf = (id: string): string => known.find((one) => one.id === id)?.name ?? id;
      return all
        .filter(({ from, to }) => from.deployment === shown || to.deployment === shown)
        .map(({ id, name, state, from, to, address, frozenAt, switchedAt }) => ({
          ...{ id, name, state, address },
          underWay: underWay.has(id),
          from: {
            deployment: from.deployment,
            place: from.cloud ?? nameOf(from.deployment),
            application: from.application,
          },
          to: {
            deployment: to.deployment,
            place: to.cloud ?? nameOf(to.deployment),
            application: to.application,
          },
          readOnlyMs: frozenAt === undefined || switchedAt === undefined ? undefined : switchedAt - frozenAt,
        }));
    },
    move_places: async ({ application }, { window, connected, signal }): Promise<readonly Place[]> => {
      const shown = directors.chosen(window);
      const { moves } = await open();
      const { director } = await connected();
      const { summary } = await director.call('get_application', { application }, { signal });
      const all = await moves.places(shown, signal);
      return all.filter(({ deployment, cloud }) => deployment !== shown || cloud !== (summary.cloud ?? cloud));
    },
    plan_move: async ({ application, to }, { window, signal }) =>
      (await open()).moves.plan(requestOf(directors.chosen(window), application, to), signal),
    begin_move: async ({ application, to }, { window, signal }) => {
      const { moves } = await open();
      const move = await moves.add(requestOf(directors.chosen(window), application, to), signal);
      return start(move, moves, (all, options) => all.resume(move.id, options));
    },
    resume_move: async ({ move: id }) => {
      const { moves } = await open();
      const move = await moves.find(id);
      return start(move, moves, (all, options) => {
        if (move.state === 'removing') return all.finish(move.id, options);
        if (move.state === 'undoing') return all.undo(move.id, options);
        return all.resume(move.id, options);
      });
    },
    finish_move: async ({ move: id, confirm }) => {
      const { moves } = await open();
      const move = await moves.find(id);
      if (confirm !== move.name) {
        throw new ConpaasError('invalid_request', `To remove the old one, confirm with its name: "${move.name}".`);
      }
      return start(move, moves, (all, options) => all.finish(move.id, options));
    },
    undo_move: async ({ move: id }) => {
      const { moves } = await open();
      const move = await moves.find(id);
      return start(move, moves, (all, options) => all.undo(move.id, options));
    },
    cancel_move: async ({ move }) => {
      underWay.get(move)?.abort(new ConpaasError('cancelled', 'Cancelled.'));
      return null;
    },
  };
}
