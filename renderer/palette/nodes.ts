/** Nodes for the palette: they are in no list, so those of a few applications are asked for when it opens. */
import { useEffect, useState } from 'react';
import { argument } from '../actions/command.ts';
import { hub } from '../hub/client.ts';
import { useApplications } from '../stores/applications.ts';
import { logTab, openInDock, terminalTab } from '../stores/dock.ts';
import { go, parseRoute } from '../stores/route.ts';
import type { Entry } from './entries.ts';

/** With more applications only the nodes of the one that is shown are asked for. */
const mostApplications = 10;

/** Those that have come so far. */
export function useNodeEntries(): readonly Entry[] {
  const [entries, setEntries] = useState<readonly Entry[]>([]);
  useEffect(() => {
    let closed = false;
    for (const id of wantedApplications()) {
      hub.director('get_application', { application: id }).then(
        ({ summary, services }) => {
          const nodes = services.flatMap((service) => service.nodes.map((node) => ({ service: service.name, node })));
          if (closed) return;
          setEntries((before) => [
            ...before,
            ...nodes.flatMap(({ service, node }): Entry[] => [
              {
                key: `node/${id}/${node.id}`,
                kind: 'Node',
                title: `${node.id} of ${summary.name}`,
                about: node.state,
                run: () => go({ page: 'service', application: id, service, tab: 'nodes' }),
              },
              {
                key: `log/${id}/${node.id}`,
                kind: 'Action',
                title: `Logs of ${node.id} of ${summary.name}`,
                command: `conpaas logs ${argument(summary.name)} --node ${node.id} --follow`,
                run: () => openInDock(logTab({ title: node.id, application: id, service, node: node.id })),
              },
              {
                key: `terminal/${id}/${node.id}`,
                kind: 'Action',
                title: `Terminal on ${node.id} of ${summary.name}`,
                command: `conpaas shell ${argument(summary.name)} ${node.id}`,
                disabled: node.state !== 'running',
                run: () => openInDock(terminalTab({ application: id, node: node.id })),
              },
            ]),
          ]);
        },
        // What cannot be asked for now cannot be found either; the page itself says why.
        () => undefined,
      );
    }
    return () => {
      closed = true;
    };
  }, []);
  return entries;
}

function wantedApplications(): readonly string[] {
  const ids = [...useApplications.getState().byId.keys()];
  if (ids.length <= mostApplications) return ids;
  const route = parseRoute(window.location.hash);
  return 'application' in route && route.application !== undefined ? [route.application] : [];
}
