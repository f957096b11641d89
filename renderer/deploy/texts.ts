/** The texts of the drop sheet: what would be deployed, and its way until it is live. */
import type { NodeInfo } from '../../remote/core/contract/application.ts';
import { type Catalogue, textsOf, useCatalogue } from '../texts/catalogue.ts';
import { countText } from '../texts/count.ts';

/** What a node had before: a version, or else the welcome page. */
const beforeText = (before: string | undefined): string => before ?? 'the welcome page';

/** How far a node is with a version that is being made live. */
type Switching = Readonly<
  Record<NonNullable<NodeInfo['switch']>, (version: string, before: string | undefined) => string>
>;

const nodes: Switching = {
  waiting: (_version, before) => `has ${beforeText(before)}`,
  under_way: (version) => `checks ${version}`,
  done: (version) => `serves ${version}`,
  failed: (version) => `refuses ${version}`,
};

function filesText(changed: number, added: number, removed: number): string {
  const parts = [
    ...(changed > 0 ? [`${changed} changed`] : []),
    ...(added > 0 ? [`${added} new`] : []),
    ...(removed > 0 ? [`${removed} removed`] : []),
  ];
  return parts.length === 0 ? 'no file differs' : parts.join(', ');
}

const english = {
  nothingToTake: 'Only files and folders on this computer can be deployed.',
  onlyFirst: (name: string) => `One archive or folder makes a version: ${name} is taken.`,
  sheet: {
    title: (what: string) => `Deploy ${what}`,
    cannot: 'It cannot be deployed',
    unread: 'The application could not be read',
    takesNoCode: (application: string) => `${application} has no service that takes code.`,
    contents: (files: number, size: string) => `${countText(files, 'file')}, ${size}`,
    skipped: (count: number) => `${countText(count, 'socket or device', 'sockets or devices')} cannot be deployed`,
    /** Packages are there, but left out. */
    toInclude: (lock: string, folder: string) =>
      `${lock} is there, but ${folder} is not: nothing installs packages on the nodes. Include it below.`,
    toInstall: (lock: string, folder: string) =>
      `${lock} is there, but ${folder} is not: nothing installs packages on the nodes. Install them first, and drop it again.`,
    service: 'Service',
    serviceLive: (service: string, version: string) => `${service} (${version} is live)`,
    /** Where it goes, and what is live there. */
    to: (service: string, version: string | undefined) =>
      version ? `To ${service}, where ${version} is live` : `To ${service}, which has no code yet`,
    unknown: (why: string) => `The difference is not known: ${why}`,
    description: 'What is new (optional)',
    when: 'When',
    now: 'Deploy now, health-checked node by node',
    later: 'Upload only',
    notUploaded: 'It was not uploaded',
    cancel: 'Cancel',
    cancelUpload: 'Cancel upload',
    close: 'Close',
    deploy: 'Deploy ⏎',
    upload: 'Upload ⏎',
  },
  leftOut: {
    label: 'Left out',
    all: (paths: number, size: string) => `Left out: ${countText(paths, 'path')}, ${size}`,
    files: (count: number) => countText(count, 'file'),
    never: 'never by itself',
    by: (file: string) => `by ${file}`,
    include: 'include',
    includeThis: (path: string) => `Include ${path}`,
    included: 'included',
    leaveOut: 'leave out',
    leaveOutThis: (path: string) => `Leave out ${path}`,
    showAll: (count: number) => `Show all ${count}`,
  },
  difference: {
    first: (files: number) => `The first version: ${files} new`,
    to: (version: string, changed: number, added: number, removed: number) =>
      `Difference to ${version}: ${filesText(changed, added, removed)}`,
    show: 'Show',
    hide: 'Hide',
    files: 'Files that differ',
    more: (count: number) => `… and ${count} more`,
  },
  progress: {
    upload: 'Upload',
    packing: 'Packing …',
    checking: (size: string) => `Uploaded ${size}, checking it …`,
    sent: (sent: string, total: string) => `${sent} of ${total}`,
    rate: (perSecond: string) => `${perSecond}/s`,
    uploaded: 'uploaded',
    uploadedSize: (size: string) => `${size} uploaded`,
    onlyUploaded: (version: string) => `${version} is uploaded. Make it live when you like, under Code.`,
    deploy: 'Deploy',
    waiting: 'Waiting for its turn …',
    live: (time: string) => `live (${time})`,
    rollBack: (version: string) => `Roll back to ${version}`,
    rollingBack: (service: string, version: string | undefined) => `${service} goes back to ${version}.`,
    cancelled: (time: string) => `Cancelled after ${time}.`,
    wentBack: (before: string | undefined, time: string) => `went back to ${beforeText(before)} (${time}), because:`,
    lastLines: 'Last lines of the engine',
    nodesLabel: (version: string) => `Nodes that get ${version}`,
    nodes,
  },
};

export type DeployTexts = typeof english;

const texts: Catalogue<DeployTexts> = { en: english };

export const useDeployTexts = (): DeployTexts => useCatalogue(texts);

/** For what is said outside of components. */
export const deployTexts = (): DeployTexts => textsOf(texts);
