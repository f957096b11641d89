/** The texts of an application's page, of what a manifest would do, and of changing the number of nodes. */
import { type Catalogue, useCatalogue } from '../texts/catalogue.ts';
import { countText } from '../texts/count.ts';

const nodesRun = (running: number, wanted: number): string =>
  `${running} of ${countText(wanted, 'node runs', 'nodes run')}`;

const english = {
  up: 'Applications',
  title: 'Application',
  gone: 'No such application',
  goneText: (id: string) =>
    `The application ${id} is not there (any more). Go back to Applications to see those that are.`,
  parts: (name: string) => `Parts of ${name}`,
  failed: 'The application could not be read',
  tabs: {
    overview: 'Overview',
    logs: 'Logs',
    metrics: 'Metrics',
    history: 'History',
    manifest: 'Manifest',
    settings: 'Settings',
  },
  actions: {
    deploy: (name: string) => `Deploy to ${name}…`,
    scale: (name: string) => `Scale ${name}…`,
    start: (name: string) => `Start ${name}`,
    stop: (name: string) => `Stop ${name}`,
    logs: (name: string) => `Logs of ${name}`,
    open: (name: string) => `Open ${name} in the browser`,
    copy: (name: string) => `Copy the address of ${name}`,
    rename: (name: string) => `Rename ${name}…`,
    duplicate: (name: string) => `Duplicate ${name}…`,
    history: (name: string) => `History of ${name}`,
    export: (name: string) => `Export ${name} as a manifest…`,
    delete: (name: string) => `Delete ${name}…`,
    cancel: (operation: string) => `Cancel “${operation}”`,
  },
  buttons: {
    deploy: 'Deploy',
    scale: 'Scale',
    logs: 'Logs',
    start: 'Start',
    stop: 'Stop',
    more: 'More',
    rename: 'Rename…',
    duplicate: 'Duplicate…',
    export: 'Export as a manifest…',
    delete: 'Delete…',
    show: (service: string) => `Show ${service}`,
    lastLines: 'Last lines',
  },
  takesNoCode: 'It has no service that takes code.',
  cannotBeScaled: 'It has no service whose nodes can be added or removed.',
  manifestSaved: 'Manifest saved.',
  delete: {
    title: (name: string) => `Delete ${name}?`,
    text: 'Its services, code versions and data are deleted. There is no way back.',
    action: 'Delete',
  },
  rename: {
    title: (name: string) => `Rename ${name}`,
    action: 'Rename',
    label: 'New name',
    hint: 'Its address stays.',
    done: (before: string, now: string) => `${before} is now called ${now}.`,
  },
  duplicate: {
    title: (name: string) => `Duplicate ${name}`,
    text: 'The new application has the same services, code and configuration, and machines of its own. Data and domains are not copied.',
    action: 'Duplicate',
    label: 'Name of the new application',
    /** What it is called at first. */
    copyOf: (name: string) => `${name} copy`,
    secretsFailed: 'Its secrets could not be read',
    secrets: 'Values of its secrets',
    copySecrets: (secrets: readonly string[]) =>
      `Copy the values of ${secrets.join(', ')}; they do not leave the director`,
    askSecrets: 'Give new values',
    sameCloud: (cloud: string) => `${cloud}, as this one`,
    cloudHint: 'On another one it is wholly there, also where services of this one are apart.',
  },
  /** Its nodes: how many run, of those wanted. */
  health: {
    empty: 'Nothing runs: it has no nodes.',
    good: (running: number, wanted: number) => `All is well: ${nodesRun(running, wanted)}.`,
    creating: (running: number, wanted: number) => `It is creating: ${nodesRun(running, wanted)}.`,
    starting: (running: number, wanted: number) => `It is starting: ${nodesRun(running, wanted)}.`,
    stopping: (running: number, wanted: number) => `It is stopping: ${nodesRun(running, wanted)}.`,
    degraded: (running: number, wanted: number) => `Not all is well: ${nodesRun(running, wanted)}.`,
    stopped: 'It is stopped. Its code and data are kept.',
    failed: 'It does not run.',
    unreachable: 'Its manager does not answer; its services may run all the same.',
  },
  overview: {
    empty: (link: string) => `It has no services yet. Add one in ${link}.`,
    emptyLink: 'its manifest',
    cost: 'Cost',
    costUnknown: 'unknown: the price of a machine is not known',
    code: (versions: number, active: string | undefined) =>
      versions === 0
        ? 'no code yet'
        : `${active === undefined ? 'none is live' : `${active} is live`}, ${countText(versions, 'version')}`,
    drop: 'Drop an archive or a folder here to deploy a new version.',
  },
  nodes: {
    label: 'Nodes',
    columns: ['Node', 'State', 'Address'],
    cloud: 'Cloud',
    figures: ['CPU', 'Memory', 'Age'],
  },
  operations: {
    recent: 'Recent',
    none: 'Nothing yet.',
    failedLast: 'What failed last',
    failed: (operation: string, time: string) => `“${operation}” failed at ${time}.`,
    steps: 'Steps',
    retry: 'Retry',
    cancel: 'Cancel',
    underWay: 'under way',
    underWayLabel: (operation: string) => `Under way: ${operation}`,
    step: (step: number, of: number) => `step ${step} of ${of}`,
    waiting: 'waiting for its turn',
    notCancelled: 'It was not cancelled',
  },
  scaling: {
    less: (role: string) => `One ${role} less`,
    more: (role: string) => `One ${role} more`,
    apply: 'Apply',
    cancel: 'Cancel',
    failed: 'The number of nodes was not changed',
    time: (time: string, operations: number) => `about ${time} (median of ${operations})`,
    done: (service: string, change: string) => `${service}: ${change}.`,
  },
  draft: {
    what: (origin: string) => `This is what ${origin} would do. Nothing has happened yet.`,
    unusable: 'This manifest cannot be used',
    name: 'Name',
    notOpened: 'It could not be opened',
    notApplied: 'It was not applied',
    apply: 'Apply the changes',
    create: 'Create',
    edit: 'Edit it',
    another: 'Choose another',
    manifest: 'The manifest',
    runs: 'It runs.',
    runsAt: (address: string) => `It runs at ${address}`,
    show: 'Show the application',
  },
  plan: {
    label: 'Plan',
    warnings: 'What to know before',
    actions: { create: 'create', change: 'change', remove: 'remove', keep: 'keep' },
    exists: (application: string) =>
      `There is an application called ${application} already: only the difference is applied. Give another name for a new one.`,
    nothing: 'Nothing would change.',
    none: 'none',
    placement: (placement: string, cost: string) => `With Placement ${placement}: ${cost}`,
    costAsBefore: 'as before',
    cost: (cost: string) => `Cost: ${cost}`,
    added: (machines: number) => `${countText(machines, 'machine')} more`,
    freed: (machines: number) => `${countText(machines, 'machine')} less`,
    unknown: (machines: number) => `price of ${countText(machines, 'machine')} unknown`,
    pricesOf: (day: string) => `prices of ${day}`,
  },
};

export type ApplicationTexts = typeof english;

const texts: Catalogue<ApplicationTexts> = { en: english };

export const useApplicationTexts = (): ApplicationTexts => useCatalogue(texts);
