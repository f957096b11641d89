/** Keeps the stores up to date: watch, take the full list, then the deltas; after a gap the full list again. */

import type { DirectorList, HubPush, SessionState } from '../../main/hub/protocol.ts';
import type { ApplicationSummary } from '../../remote/core/contract/application.ts';
import type { Operation } from '../../remote/core/contract/operation.ts';
import { allActions } from '../actions/action.ts';
import type { HubClient } from '../hub/client.ts';
import { desktop } from '../hub/desktop.ts';
import { changeApplications, replaceApplications } from './applications.ts';
import { onChosen, replaceDirectors, useDirectors } from './directors.ts';
import { say } from './notices.ts';
import { notifyEnded } from './notify-ended.ts';
import { open } from './opening.ts';
import { changeOperations, replaceOperations } from './operations.ts';
import { useSession } from './session.ts';

/** Those of the director that is shown. */
const ofDirector = ['session', 'applications', 'operations'] as const;
type Topic = 'directors' | (typeof ofDirector)[number];

const replace: Readonly<Record<Topic, (items: readonly unknown[]) => void>> = {
  directors: ([list]) => replaceDirectors(list as DirectorList),
  session: ([session]) => useSession.setState({ session: session as SessionState }),
  applications: (items) => replaceApplications(items as readonly ApplicationSummary[]),
  operations: (items) => replaceOperations(items as readonly Operation[]),
};

export function followHub(hub: HubClient): void {
  /** Sequence number of the last delta taken; undefined while the full list is on its way. */
  const seen: Record<Topic, number | undefined> = {
    directors: undefined,
    session: undefined,
    applications: undefined,
    operations: undefined,
  };

  /** Lists that the hub had not read itself when it was asked. */
  const unreadTopics = new Set<Topic>();
  const readRest = (): void => {
    if (useSession.getState().session?.state === 'connecting') return;
    for (const topic of unreadTopics) void watch(topic);
    unreadTopics.clear();
  };

  const watch = async (topic: Topic): Promise<void> => {
    seen[topic] = undefined;
    const { chosen } = useDirectors.getState();
    try {
      const { seq, items, unread } = await hub.call('watch', { topic });
      // Another director was chosen while this was on its way.
      if (topic !== 'directors' && chosen !== useDirectors.getState().chosen) return;
      // A hub that has only just begun knows less than what is shown: it is asked again when it is connected.
      if (unread) unreadTopics.add(topic);
      else replace[topic](items);
      seen[topic] = seq;
      if (topic === 'session') readRest();
    } catch {
      // The port has gone meanwhile, or the director: with the new one everything is watched again.
    }
  };

  const watchChosen = (): void => {
    const { chosen } = useDirectors.getState();
    if (chosen === undefined) return;
    // A director that is not there (any more) is refused: the list of directors says which there are.
    hub.call('choose_director', { director: chosen }).catch(() => undefined);
    for (const topic of ofDirector) void watch(topic);
  };

  const inOrder = (push: Extract<HubPush, { seq: number }>): boolean => {
    const last = seen[push.push];
    if (last === undefined || push.seq <= last) return false;
    if (push.seq !== last + 1) {
      void watch(push.push);
      return false;
    }
    seen[push.push] = push.seq;
    return true;
  };

  hub.onPush((push) => {
    switch (push.push) {
      case 'directors':
        if (inOrder(push)) replaceDirectors(push.list);
        break;
      case 'session':
        if (!inOrder(push)) break;
        replace.session([push.session]);
        readRest();
        break;
      case 'applications':
        if (inOrder(push)) changeApplications(push.changed, push.removed);
        break;
      case 'operations':
        if (inOrder(push)) {
          notifyEnded(push.changed);
          changeOperations(push.changed);
        }
        break;
      case 'notice':
        say(push.text, { level: push.level });
        break;
      default:
        break;
    }
  });
  onChosen(watchChosen);
  hub.onConnect(() => {
    void watch('directors');
    watchChosen();
  });
  desktop.onOpening(open);
  window.addEventListener('hashchange', () => void desktop.remember({ page: window.location.hash }));
  desktop.onMenu((id) => {
    const action = allActions().find((each) => each.id === id);
    if (!action?.disabled) action?.run();
  });
}
