import type { logCalls } from '../calls/logs.ts';
import type { SubjectHandlers, WindowPort } from '../window-port.ts';
import type { LogViews } from './logs.ts';

/** @param logsOf the views of a window */
export function logHandlers(logsOf: (window: WindowPort) => LogViews): SubjectHandlers<typeof logCalls> {
  return {
    open_log: async ({ application, ...which }, { window, signal: opening, connected }) => {
      const manager = await (await connected()).manager(application, opening);
      const view = logsOf(window).open((signal) =>
        manager.stream('get_logs', { ...which, follow: true, tail: 1000 }, { signal }),
      );
      return { view };
    },
    lines: async ({ view, first, count }, { window }) => ({ first, lines: logsOf(window).lines(view, first, count) }),
    close_log: async ({ view }, { window }) => {
      logsOf(window).close(view);
      return null;
    },
  };
}
