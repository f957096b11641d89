import { usualKind } from '../../../remote/core/clouds/index.ts';
import type { sessionCalls } from '../calls/session.ts';
import type { Directors } from '../directors.ts';
import type { SubjectHandlers } from '../window-port.ts';

export function sessionHandlers(directors: Directors): SubjectHandlers<typeof sessionCalls> {
  return {
    try_local: async () => ({ director: await directors.add({ kind: usualKind() }) }),
    choose_director: async ({ director }, { window }) => {
      await directors.choose(window, director);
      return null;
    },
    list_directors: () => directors.refresh(),
    retry_now: async (_none, { window }) => {
      (await directors.of(window)).retryNow();
      return null;
    },
    start: async (_none, { window }) => {
      (await directors.of(window)).start();
      return null;
    },
    stop_everything: async () => {
      await directors.stopEverything();
      return null;
    },
    cancel_setup: async (_none, { window }) => {
      await (await directors.of(window)).cancelWork();
      return null;
    },
    watch: async ({ topic }, { window }) =>
      topic === 'directors' ? await directors.whole() : (await directors.of(window)).read(topic),
  };
}
