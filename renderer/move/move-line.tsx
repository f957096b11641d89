/** What an application's page says of its move, and what can be done about it. */
import Button from '@mui/material/Button';
import { useState } from 'react';
import type { MoveFacts } from '../../main/hub/protocol.ts';
import { ConfirmByName } from '../components/confirm-by-name.tsx';
import { PageHealth } from '../components/page-health.tsx';
import { useAction } from '../components/use-action.ts';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import { useOperations } from '../stores/operations.ts';
import { useMoveTexts } from './texts.ts';

/** A command may move it, too. */
const readMs = 5000;
const kinds = ['move', 'finish_move', 'undo_move'];

/** The move that an application is part of, at either side. */
function useMove(application: string): MoveFacts | undefined {
  const states = useOperations(({ byId }) =>
    [...byId.values()]
      .filter(({ kind }) => kinds.includes(kind))
      .map(({ id, state }) => `${id} ${state}`)
      .join(),
  );
  const { value } = useLoaded(() => hub.call('list_moves', {}), [application, states], readMs);
  return value?.find(({ from, to }) => from.application === application || to.application === application);
}

export function MoveLine({ application }: { application: string }) {
  const move = useMove(application);
  return move ? <Line move={move} application={application} /> : null;
}

function Line({ move, application }: { move: MoveFacts; application: string }) {
  const texts = useMoveTexts();
  const { id, name, state, underWay, from, to, address, readOnlyMs } = move;
  const [asking, setAsking] = useState<'finish' | 'undo'>();
  const goOn = useAction(() => hub.call('resume_move', { move: id }));
  const cancel = useAction(() => hub.call('cancel_move', { move: id }));
  const isOld = from.application === application;
  const failure = goOn.failure ?? cancel.failure;
  const text = {
    moving: underWay ? texts.moving(name, to.place) : texts.stopped(name, to.place),
    switched: isOld ? texts.switchedThere(to.place, address) : texts.switchedHere(from.place),
    removing: texts.removing,
    undoing: texts.undoing,
  }[state];
  const held =
    state === 'switched' && readOnlyMs !== undefined ? texts.readOnly((readOnlyMs / 1000).toFixed(1)) : undefined;
  // What runs, and its steps, stands in the line of its operation.
  if (underWay && state !== 'moving') return null;
  return (
    <>
      <PageHealth
        label={texts.line}
        level={underWay ? 'busy' : 'warning'}
        text={text}
        why={failure ? `${texts.notDone}: ${failure.message}` : held}
        actions={
          underWay ? (
            <Button disabled={cancel.busy} onClick={() => cancel.run()}>
              {texts.cancel}
            </Button>
          ) : (
            <>
              {state === 'switched' ? (
                <Button onClick={() => setAsking('finish')}>{texts.finish}</Button>
              ) : (
                <Button disabled={goOn.busy} onClick={() => goOn.run()}>
                  {texts.goOn}
                </Button>
              )}
              {(state === 'moving' || state === 'switched') && (
                <Button onClick={() => setAsking('undo')}>{texts.undo}</Button>
              )}
            </>
          )
        }
      />
      {asking === 'finish' && (
        <ConfirmByName
          title={texts.finishTitle(name)}
          text={texts.finishText(from.place, to.place)}
          name={name}
          action={texts.finishAction}
          onConfirm={() => hub.call('finish_move', { move: id, confirm: name })}
          onClose={() => setAsking(undefined)}
        />
      )}
      {asking === 'undo' && (
        <ConfirmByName
          title={texts.undoTitle(name)}
          text={texts.undoText(to.place)}
          name={name}
          action={texts.undoAction}
          onConfirm={() => hub.call('undo_move', { move: id })}
          onClose={() => setAsking(undefined)}
        />
      )}
    </>
  );
}
