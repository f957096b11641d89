import type { sessionCalls } from '../calls/session.ts';
import type { Hub } from '../hub.ts';
import type { SubjectHandlers } from '../window-port.ts';

export function sessionHandlers(hub: Hub): SubjectHandlers<typeof sessionCalls> {
  return {
    try_local: async () => {
      hub.start();
      return null;
    },
    start: async () => {
      hub.start();
      return null;
    },
    stop_everything: async () => {
      hub.stopEverything();
      return null;
    },
    cancel_setup: async () => {
      await hub.cancelWork();
      return null;
    },
    watch: async ({ topic }) => hub.read(topic),
  };
}
