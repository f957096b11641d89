/** The hub's own process: a utility process of the desktop; plain Node. */
import path from 'node:path';
import { serviceSpecs } from '../../remote/services/registry/spec.ts';
import { firstSight } from '../first-sight.ts';
import { forget, remember } from '../remembered.ts';
import { dataDirectory, openDataDirectory } from '../store/index.ts';
import { openAutomaticBackups } from './backups/automatic.ts';
import { Directors } from './directors.ts';
import { Documents } from './documents/documents.ts';
import { sealedFiles } from './documents/sealed-files.ts';
import { createHandlers } from './handlers.ts';
import { openLocalDeployments } from './local-deployments.ts';
import { readCap, writeCap } from './logs/cap.ts';
import { LogService } from './logs/service.ts';
import type { FromHub, ToHub } from './messages.ts';
import { Offers } from './offers.ts';
import { openVaultKeeper } from './vault/keeper.ts';
import { keychainOfMain } from './vault/keychain.ts';
import { type Port, WindowPort } from './window-port.ts';

/** The channel to the main process, as Electron gives it to a utility process. */
interface ParentPort {
  postMessage(message: FromHub): void;
  on(event: 'message', listener: (message: { readonly data: ToHub; readonly ports: readonly Port[] }) => void): void;
}

const parent = (process as unknown as { readonly parentPort: ParentPort }).parentPort;
const log = (line: string): void => console.error(`hub: ${line}`);
const windows = new Set<WindowPort>();
const offers = new Offers();

const home = dataDirectory();
const seen = firstSight(home);
const keychain = keychainOfMain((message) => parent.postMessage(message));
let ready = (): void => undefined;
const whenReady = new Promise<void>((resolve) => {
  ready = resolve;
});
// Opening the vault may need the keychain's answer; everything else waits until there is something to answer it.
parent.on('message', ({ data, ports }) => {
  if (data.kind === 'keychain') keychain.receive(data);
  else void whenReady.then(() => receive(data, ports));
});
const keeper = await openVaultKeeper({
  dataDirectory: await openDataDirectory(),
  findKeychain: keychain.find,
  environment: process.env,
  onLockPolicy: (afterMs) => parent.postMessage({ kind: 'lock_policy', afterMs }),
  onLocked: () => drafts.forgetKey(),
});
const drafts = sealedFiles(path.join(home, 'drafts'), keeper.borrow);

const directors = new Directors({
  deployments: openLocalDeployments(serviceSpecs, keeper),
  remembered: seen?.state === 'remembered' ? seen : undefined,
  remember: (shown) => (shown ? remember(home, shown) : forget(home)),
  windows: () => windows,
  running: (applications) => parent.postMessage({ kind: 'running', applications }),
  log,
});

const logs = new LogService({
  directory: path.join(home, 'spool', 'logs'),
  capBytes: await readCap(home),
  setCap: (bytes) => writeCap(home, bytes),
});

const backups = openAutomaticBackups({
  async ready() {
    if (keeper.isLocked) return [];
    const connected = directors.connectedOnes();
    if (connected.length === 0) return [];
    const all = await (await keeper.open()).deployments.list();
    return all.filter(({ id, access }) => access !== 'device' && connected.includes(id)).map(({ id }) => id);
  },
  backUp: async (deployment, signal) => (await keeper.open()).deployments.backUp({ deployment, signal }),
  backUpChanges: async (deployment, signal) => (await keeper.open()).deployments.backUpChanges({ deployment, signal }),
  log,
});

const handlers = createHandlers({
  backups,
  directors,
  keeper,
  specs: serviceSpecs,
  offers,
  documents: new Documents(drafts),
  manifests: path.resolve(import.meta.dirname, '../../manifests'),
  logs,
  openInBrowser: (url) => parent.postMessage({ kind: 'open', url }),
  usePassword: (how, service, password) => parent.postMessage({ kind: 'password', how, service, password }),
});

process.on('unhandledRejection', (reason) =>
  log(`unhandled: ${reason instanceof Error ? reason.stack : String(reason)}`),
);
ready();
await directors.open();

async function receive(message: Exclude<ToHub, { kind: 'keychain' }>, ports: readonly Port[]): Promise<void> {
  switch (message.kind) {
    case 'window': {
      const [port] = ports;
      if (port) addWindow(port);
      break;
    }
    case 'offer':
      parent.postMessage({ kind: 'offered', id: message.id, offers: await offers.add(message.paths) });
      break;
    case 'target':
      parent.postMessage({ kind: 'offered', id: message.id, offers: [offers.addTarget(message.path)] });
      break;
    case 'stop_everything':
      await directors.stopEverything();
      break;
    case 'lock':
      await lock();
      break;
  }
}

async function lock(): Promise<void> {
  try {
    await keeper.lock();
    await directors.refresh();
  } catch (thrown) {
    log(`lock: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}

function addWindow(port: Port): void {
  const window = new WindowPort(port, {
    handlers,
    connected: (window, signal) => directors.connected(window, signal),
    log,
  });
  windows.add(window);
  window.onClose(() => {
    windows.delete(window);
  });
}
