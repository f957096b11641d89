/** Nodes for the palette: they are in no list here, so the director is asked for those that fit what is typed. */
import { useEffect, useState } from 'react';
import type { FoundNode } from '../../remote/core/contract/application.ts';
import { argument } from '../actions/command.ts';
import { hub } from '../hub/client.ts';
import { useApplications } from '../stores/applications.ts';
import { logTab, openInDock, terminalTab } from '../stores/dock.ts';
import { go, parseRoute } from '../stores/route.ts';
import type { Entry } from './entries.ts';
import { paletteTexts } from './texts.ts';

/** While somebody types nothing is asked for, ms. */
const typingMs = 80;
/** Nodes that are asked for: each is three entries, of which the best are shown. */
const most = 30;

/** Those that fit what is sought, and stay until those that fit what is sought next are known. */
export function useNodeEntries(sought: string): readonly Entry[] {
  const [entries, setEntries] = useState<readonly Entry[]>([]);
  useEffect(() => {
    const text = wordsOf(sought);
    const leaving = new AbortController();
    const timer = window.setTimeout(() => {
      hub.director('find_nodes', { text, limit: most }, leaving.signal).then(
        (nodes) => !leaving.signal.aborted && setEntries(nodes.flatMap(entriesOf)),
        // What cannot be asked for now cannot be found either; the page itself says why.
        () => undefined,
      );
    }, typingMs);
    return () => {
      window.clearTimeout(timer);
      leaving.abort();
    };
  }, [sought]);
  return entries;
}

/** What the director is asked for; nothing particular means the application that is shown. */
function wordsOf(sought: string): string {
  const words = sought.toLowerCase().split(/\s+/).filter(Boolean);
  const particular = words.filter((word) => !paletteTexts().nodes.words.some((said) => said.startsWith(word)));
  if (particular.length > 0) return particular.join(' ').slice(0, 200);
  const route = parseRoute(window.location.hash);
  const shown = 'application' in route && route.application !== undefined ? route.application : '';
  return useApplications.getState().byId.get(shown)?.name ?? '';
}

function entriesOf({ application, name, node, service, role }: FoundNode): Entry[] {
  const texts = paletteTexts().nodes;
  return [
    {
      key: `node/${application}/${node}`,
      kind: 'node',
      title: texts.node(node, name),
      about: role,
      run: () => go({ page: 'service', application, service, tab: 'nodes' }),
    },
    {
      key: `log/${application}/${node}`,
      kind: 'action',
      title: texts.logs(node, name),
      command: `conpaas logs ${argument(name)} --node ${node} --follow`,
      run: () => openInDock(logTab({ title: node, application, service, node })),
    },
    {
      key: `terminal/${application}/${node}`,
      kind: 'action',
      title: texts.terminal(node, name),
      command: `conpaas shell ${argument(name)} ${node}`,
      run: () => openInDock(terminalTab({ application, node })),
    },
  ];
}
