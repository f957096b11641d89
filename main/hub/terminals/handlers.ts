import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import { NodeId } from '../../../remote/core/contract/ids.ts';
import { openShell } from '../../../remote/core/terminal/index.ts';
import type { terminalCalls } from '../calls/terminals.ts';
import type { SubjectHandlers, WindowPort } from '../window-port.ts';
import { Terminals } from './terminals.ts';

export function terminalHandlers(openInBrowser: (url: string) => void): SubjectHandlers<typeof terminalCalls> {
  const windows = new WeakMap<WindowPort, Terminals>();
  const of = (window: WindowPort): Terminals => {
    const known = windows.get(window);
    if (known) return known;
    const fresh = new Terminals((push) => window.push(push));
    windows.set(window, fresh);
    window.onClose(() => fresh[Symbol.dispose]());
    return fresh;
  };
  return {
    open_terminal: async ({ terminal, application, node, columns, rows }, { window, signal, connected }) => {
      const terminals = of(window);
      terminals.check(terminal);
      const id = NodeId.safeParse(node);
      if (!id.success) throw new ConpaasError('not_found', `There is no node "${node}".`);
      const manager = await (await connected()).manager(application, signal);
      const channel = await manager.duplex('open_terminal', { node: id.data, columns, rows });
      if (signal.aborted) channel.destroy();
      else terminals.add(terminal, openShell(channel));
      return null;
    },
    type_terminal: async ({ terminal, text }, { window }) => {
      await of(window).get(terminal).write(Buffer.from(text));
      return null;
    },
    resize_terminal: async ({ terminal, columns, rows }, { window }) => {
      of(window).get(terminal).resize({ columns, rows });
      return null;
    },
    taken_terminal: async ({ terminal, taken }, { window }) => {
      of(window).taken(terminal, taken);
      return null;
    },
    close_terminal: async ({ terminal }, { window }) => {
      of(window).close(terminal);
      return null;
    },
    open_link: async ({ url }) => {
      const target = URL.canParse(url) ? new URL(url) : undefined;
      if (target?.protocol !== 'http:' && target?.protocol !== 'https:') {
        throw new ConpaasError('forbidden', 'Only links to web pages are opened.');
      }
      openInBrowser(target.href);
      return null;
    },
  };
}
