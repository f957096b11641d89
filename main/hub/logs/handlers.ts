import type { Operation } from '../../../remote/core/contract/operation.ts';
import type { logCalls } from '../calls/logs.ts';
import type { Directors } from '../directors.ts';
import type { Offers } from '../offers.ts';
import type { SubjectHandlers, WindowPort } from '../window-port.ts';
import type { LogService } from './service.ts';

export function logHandlers(logs: LogService, offers: Offers, directors: Directors): SubjectHandlers<typeof logCalls> {
  /** Which views go with a window. */
  const ofWindow = new WeakMap<WindowPort, Set<string>>();

  function viewsOf(window: WindowPort): Set<string> {
    const known = ofWindow.get(window);
    if (known) return known;
    const views = new Set<string>();
    ofWindow.set(window, views);
    window.onClose(() => {
      for (const view of views) void logs.close(view);
    });
    return views;
  }

  return {
    open_log: async ({ application, ...choice }, { window, connected }) => {
      // The view stays with its director, whichever the window shows later.
      const hub = await directors.of(window);
      const { facts } = await connected();
      const place = {
        deployment: facts.id,
        application,
        connect: (signal: AbortSignal) => hub.connected(signal),
        operations: () => hub.read('operations').items as readonly Operation[],
      };
      const view = await logs.open(place, choice, (news) => window.push({ push: 'log', ...news }));
      viewsOf(window).add(view.id);
      return { view: view.id };
    },
    choose_logs: async ({ view, ...choice }) => {
      await logs.choose(view, choice);
      return null;
    },
    lines: async ({ view, first, count, anchor }) => logs.view(view).lines(first, count, anchor),
    follow_log: async ({ view, rows }) => {
      logs.view(view).follow(rows);
      return null;
    },
    log_drawn: async ({ view }) => {
      logs.view(view).drawn();
      return null;
    },
    whole_line: async ({ view, ...line }) => ({ text: await logs.view(view).wholeLine(line) }),
    load_older: async ({ view }, { signal }) => {
      await logs.view(view).loadOlder(signal);
      return null;
    },
    search_log: async ({ view, query }) => {
      await logs.view(view).search(query);
      return null;
    },
    show_hits: async ({ view, context }) => {
      logs.view(view).showHits(context);
      return null;
    },
    find_hit: async ({ view, hit, from }, { signal }) => logs.view(view).findHit(from ?? { hit: hit ?? 0 }, signal),
    log_bar: async ({ view, buckets }) => logs.view(view).bar(buckets),
    row_at: async ({ view, time }) => ({ row: logs.view(view).rowAt(time) }),
    copy_lines: async ({ view, first, count }) => {
      let text = '';
      let lines = 0;
      for await (const part of logs.view(view).text(first, count)) {
        text += part.text;
        lines += part.lines;
      }
      return { text, lines };
    },
    save_log: async ({ view, ticket }, { signal }) => ({ lines: await logs.save(view, offers.target(ticket), signal) }),
    list_logs: async ({ application }, { signal, connected }) => logs.sources(await connected(), application, signal),
    close_log: async ({ view }, { window }) => {
      viewsOf(window).delete(view);
      await logs.close(view);
      return null;
    },
    log_spool: async ({ capBytes }) => logs.spool(capBytes),
  };
}
