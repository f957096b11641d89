/** The hub as a utility process: started again when it dies, and given a port for every page that asks. */
import path from 'node:path';
import { MessageChannelMain, type UtilityProcess, utilityProcess, type WebContents } from 'electron';
import type { FromHub, ToHub } from '../hub/messages.ts';
import type { Offer } from '../hub/protocol.ts';
import { answerKeychain } from './keychain.ts';

export interface HubEvents {
  open(url: string): void;
  running(applications: number): void;
  password(how: 'copy' | 'show', service: string, password: string): void;
  /** The vault is to be locked after so long without input, ms. */
  lockPolicy(afterMs: number | undefined): void;
  /** It died too often: nothing works any more without it. */
  gaveUp(): void;
}

export interface HubProcess {
  /** Starts it now; without this it starts with the first page that connects. */
  start(): void;
  /** Gives a page a fresh port to the hub, and another one after each restart of the hub. */
  connect(page: WebContents): void;
  /** Tickets for files the user handed in. */
  offer(paths: readonly string[]): Promise<readonly Offer[]>;
  /** A ticket for a file to save to. */
  offerTarget(path: string): Promise<readonly Offer[]>;
  stopEverything(): void;
  /** Locks the vault. */
  lock(): void;
  end(): void;
}

/** Restarts within this time before it is given up. */
const patience = { restarts: 5, withinMs: 60_000 };

export function startHub(bundle: string, events: HubEvents): HubProcess {
  const pages = new Set<WebContents>();
  const waiting = new Map<number, (offers: readonly Offer[]) => void>();
  let restarts: number[] = [];
  let lastId = 0;
  let ended = false;
  let hub: UtilityProcess | undefined;

  /** The hub, started when it is first needed. */
  function started(): UtilityProcess {
    hub ??= start();
    return hub;
  }

  function start(): UtilityProcess {
    const child = utilityProcess.fork(path.resolve(bundle), [], { serviceName: 'ConPaaS hub', stdio: 'inherit' });
    child.on('message', (message: FromHub) => receive(message));
    child.once('exit', () => {
      for (const answer of waiting.values()) answer([]);
      waiting.clear();
      if (!ended) restart();
    });
    return child;
  }

  function restart(): void {
    const now = performance.now();
    restarts = [...restarts.filter((time) => now - time < patience.withinMs), now];
    if (restarts.length > patience.restarts) {
      events.gaveUp();
      return;
    }
    hub = undefined;
    for (const page of pages) handPort(page);
  }

  function receive(message: FromHub): void {
    switch (message.kind) {
      case 'offered':
        waiting.get(message.id)?.(message.offers);
        waiting.delete(message.id);
        break;
      case 'open':
        events.open(message.url);
        break;
      case 'keychain':
        void answerKeychain(message.question).then((answer) => send({ kind: 'keychain', id: message.id, answer }));
        break;
      case 'lock_policy':
        events.lockPolicy(message.afterMs);
        break;
      case 'password':
        events.password(message.how, message.service, message.password);
        break;
      case 'running':
        events.running(message.applications);
        break;
    }
  }

  function send(message: ToHub): void {
    started().postMessage(message);
  }

  function handPort(page: WebContents): void {
    if (page.isDestroyed()) return;
    const { port1, port2 } = new MessageChannelMain();
    page.postMessage('hub-port', null, [port1]);
    started().postMessage({ kind: 'window' } satisfies ToHub, [port2]);
  }

  function ask(message: (id: number) => ToHub): Promise<readonly Offer[]> {
    const id = ++lastId;
    return new Promise((resolve) => {
      waiting.set(id, resolve);
      send(message(id));
    });
  }

  return {
    start: () => void started(),
    connect(page) {
      if (!pages.has(page)) {
        pages.add(page);
        page.once('destroyed', () => pages.delete(page));
      }
      handPort(page);
    },
    offer(paths) {
      if (paths.length === 0) return Promise.resolve([]);
      return ask((id) => ({ kind: 'offer', id, paths }));
    },
    offerTarget: (path) => ask((id) => ({ kind: 'target', id, path })),
    lock: () => send({ kind: 'lock' }),
    stopEverything: () => send({ kind: 'stop_everything' }),
    end() {
      ended = true;
      hub?.kill();
    },
  };
}
