/** Says on the desktop that a long operation has ended, when nobody looks at the window. */
import type { Operation } from '../../remote/core/contract/operation.ts';
import { desktop } from '../hub/desktop.ts';
import { useApplications } from './applications.ts';
import { useOperations } from './operations.ts';
import { hrefOf } from './route.ts';
import { storeTexts } from './texts.ts';

/** Shorter ones are over before one looks away, ms. */
const longMs = 5000;

/** Those of `changed` that have ended now, after a long time. Pure. */
export function longEnded(changed: readonly Operation[], before: ReadonlyMap<string, Operation>): readonly Operation[] {
  return changed.filter(
    ({ id, state, startedAt, endedAt }) =>
      state !== 'running' && before.get(id)?.state === 'running' && (endedAt ?? 0) - startedAt >= longMs,
  );
}

/** To be called before the changes are taken. */
export function notifyEnded(changed: readonly Operation[]): void {
  if (document.hasFocus()) return;
  const texts = storeTexts();
  for (const operation of longEnded(changed, useOperations.getState().byId)) {
    const { title, state, failure, target } = operation;
    const name = target.application && useApplications.getState().byId.get(target.application)?.name;
    const page = target.application
      ? hrefOf({ page: 'application', application: target.application })
      : hrefOf({ page: 'activity' });
    if (state === 'running') continue;
    void desktop.notify({
      title: texts.ended[state](title).slice(0, 200),
      body: (name && failure ? texts.why(name, failure.message) : (name ?? failure?.message ?? '')).slice(0, 500),
      page,
    });
  }
}
