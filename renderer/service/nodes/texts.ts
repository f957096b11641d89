/** The texts of the nodes of a service. */
import type { NodeInfo } from '../../../remote/core/contract/application.ts';
import { type Catalogue, useCatalogue } from '../../texts/catalogue.ts';

/** How a node is; `since` when, where that is known. */
const health: Readonly<Record<NodeInfo['state'], (since: string | undefined) => string>> = {
  running: (since) => `All is well: it runs${sinceText(since)}.`,
  stopped: (since) => `It is stopped${sinceText(since)}.`,
  failed: (since) => `It does not run${sinceText(since)}.`,
  degraded: (since) => `It is degraded${sinceText(since)}.`,
  unreachable: (since) => `It is unreachable${sinceText(since)}.`,
  creating: (since) => `It is creating${sinceText(since)}.`,
  starting: (since) => `It is starting${sinceText(since)}.`,
  stopping: (since) => `It is stopping${sinceText(since)}.`,
};

function sinceText(since: string | undefined): string {
  return since === undefined ? '' : ` since ${since}`;
}

const english = {
  health,
  none: 'No node.',
  ofRole: (role: string) => `${role} nodes`,
  bounds: (count: number, min: number, max: number) => `${count} (${min} to ${max})`,
  columns: {
    node: 'Node',
    state: 'State',
    address: 'Address',
    processor: 'CPU',
    memory: 'Memory',
    age: 'Age',
  },
  actions: {
    restart: (node: string) => `Restart ${node}`,
    replace: (node: string) => `Replace ${node}…`,
    logs: (node: string) => `Logs of ${node}`,
    terminal: (node: string) => `Terminal on ${node}`,
  },
  panel: {
    label: (node: string) => `Node ${node}`,
    close: 'Close',
    logs: 'Logs',
    terminal: 'Terminal',
    charts: 'Charts',
    restart: 'Restart',
    replace: 'Replace…',
    restarting: (node: string) => `${node} is being restarted.`,
    replacing: (node: string) => `${node} is being replaced.`,
    notRestarted: 'It was not restarted',
    notReplaced: 'It was not replaced',
    irreplaceable: (why: string) => `It cannot be replaced. ${why}`,
    facts: (node: string) => `Facts of ${node}`,
    reports: 'What it reports',
  },
  facts: {
    role: 'Role',
    address: 'Address',
    noAddress: 'none yet',
    ports: 'Ports',
    machine: 'Machine',
    cloud: 'Cloud',
    version: 'Code version',
    made: 'Made',
    madeAt: (time: string, age: string) => `${time} (${age} ago)`,
    since: 'In this state since',
    restarts: 'Restarts of its engines',
    processor: 'Processor',
    ofOneCore: (share: string) => `${share} of one core`,
    memory: 'Memory',
    disk: 'Disk',
    logs: 'Logs',
    none: 'none',
    unknown: 'unknown',
    notMeasured: 'not measured',
  },
  replace: {
    title: (node: string) => `Replace ${node}`,
    text: 'A fresh node is started first. When it takes its part, this one gets no new work, and is removed with its directory: files that were written on it only are gone.',
    cancel: 'Cancel',
    action: 'Replace',
  },
};

export type NodeTexts = typeof english;

const texts: Catalogue<NodeTexts> = { en: english };

export const useNodeTexts = (): NodeTexts => useCatalogue(texts);
