/** Keeps the stores up to date: watch, take the full list, then the deltas; after a gap the full list again. */

import type { HubPush, SessionState } from '../../main/hub/protocol.ts';
import type { ApplicationSummary } from '../../remote/core/contract/application.ts';
import type { Operation } from '../../remote/core/contract/operation.ts';
import { allActions } from '../actions/action.ts';
import type { HubClient } from '../hub/client.ts';
import { desktop } from '../hub/desktop.ts';
import { changeApplications, replaceApplications } from './applications.ts';
import { say } from './notices.ts';
import { changeOperations, replaceOperations } from './operations.ts';
import { useSession } from './session.ts';

type Topic = 'session' | 'applications' | 'operations';

const replace: Readonly<Record<Topic, (items: readonly unknown[]) => void>> = {
  session: ([session]) => useSession.setState({ session: session as SessionState }),
  applications: (items) => replaceApplications(items as readonly ApplicationSummary[]),
  operations: (items) => replaceOperations(items as readonly Operation[]),
};

export function followHub(hub: HubClient): void {
  /** Sequence number of the last delta taken; undefined while the full list is on its way. */
  const seen: Record<Topic, number | undefined> = {
    session: undefined,
    applications: undefined,
    operations: undefined,
  };

  const watch = async (topic: Topic): Promise<void> => {
    seen[topic] = undefined;
    try {
      const { seq, items } = await hub.call('watch', { topic });
      replace[topic](items);
      seen[topic] = seq;
    } catch {
      // The port has gone meanwhile: with the new one everything is watched again.
    }
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
      case 'session':
        if (inOrder(push)) replace.session([push.session]);
        break;
      case 'applications':
        if (inOrder(push)) changeApplications(push.changed, push.removed);
        break;
      case 'operations':
        if (inOrder(push)) changeOperations(push.changed);
        break;
      case 'notice':
        say(push.text, { level: push.level });
        break;
      default:
        break;
    }
  });
  hub.onConnect(() => {
    for (const topic of ['session', 'applications', 'operations'] as const) void watch(topic);
  });
  desktop.onMenu((id) => {
    const action = allActions().find((each) => each.id === id);
    if (!action?.disabled) action?.run();
  });
}
