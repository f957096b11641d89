/** What each call of a window does. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { directorMethods } from '../../remote/core/contract/director.ts';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import { managerMethods } from '../../remote/core/contract/manager.ts';
import type { MethodTable } from '../../remote/core/contract/method.ts';
import type { ServiceSpecs } from '../../remote/core/manifest/index.ts';
import type { ManifestText } from './deployment.ts';
import { describeMethods } from './describe-methods.ts';
import type { Hub } from './hub.ts';
import type { LogViews } from './logs.ts';
import type { Offers } from './offers.ts';
import type { ManifestSource } from './protocol.ts';
import { listReadyMade, readyMadeFile } from './ready-made.ts';
import { checkRelay } from './relay.ts';
import type { HubHandlers, WindowPort } from './window-port.ts';

/** A manifest is a small text; what is larger is something else. */
const largestManifest = 1_000_000;

export interface HandlerOptions {
  readonly hub: Hub;
  readonly offers: Offers;
  /** Folder of the ready-made manifests. */
  readonly manifests: string;
  /** The service types: each brings methods of its manager. */
  readonly specs: ServiceSpecs;
  logsOf(window: WindowPort): LogViews;
  openInBrowser(url: string): void;
}

export function createHandlers(options: HandlerOptions): HubHandlers {
  const { hub, offers } = options;
  const allManagerMethods: MethodTable = Object.assign(
    {},
    managerMethods,
    ...Object.values(options.specs).map((spec) => spec.managerMethods),
  );

  const manifest = async (source: ManifestSource): Promise<ManifestText & { name?: string }> => {
    if (source.from === 'text') return { text: source.text, folder: undefined };
    const file = source.from === 'ticket' ? offers.path(source.ticket) : readyMadeFile(options.manifests, source.id);
    return { text: await readManifest(file), folder: path.dirname(file), name: path.basename(file) };
  };

  return {
    try_local: async () => {
      hub.start();
      return null;
    },
    start: async () => {
      hub.start();
      return null;
    },
    stop_everything: async () => {
      hub.stopEverything();
      return null;
    },
    cancel_setup: async () => {
      await hub.cancelWork();
      return null;
    },
    director: async ({ method, params }, { signal }) =>
      (await hub.connected(signal)).director.callAny(method, checkRelay(directorMethods, method, params), { signal }),
    manager: async ({ application, method, params }, { signal }) =>
      (await (await hub.connected(signal)).manager(application, signal)).callAny(
        method,
        checkRelay(allManagerMethods, method, params),
        { signal },
      ),
    list_ready_made: () => listReadyMade(options.manifests),
    read_manifest: async ({ source }) => {
      const { text, name } = await manifest(source);
      return { text, ...(name === undefined ? {} : { name }) };
    },
    plan: async ({ source, name }, { signal }) =>
      (await hub.connected(signal)).plan(await manifest(source), name, signal),
    apply: async ({ source, name }, { signal }) =>
      (await hub.connected(signal)).apply(await manifest(source), name, signal),
    upload_code: async ({ ticket, transfer, ...upload }, { window, signal }) =>
      (await hub.connected(signal)).uploadCode(
        { ...upload, path: offers.path(ticket) },
        (sent, total) => window.push({ push: 'transfer', transfer: { id: transfer, sent, total } }),
        signal,
      ),
    open_address: async ({ application, service }, { signal }) => {
      const address = service
        ? (
            await (
              await (await hub.connected(signal)).manager(application, signal)
            ).call('get_service_info', { service }, { signal })
          ).address
        : hub.application(application)?.address;
      if (!address) throw new ConpaasError('conflict', 'It has no address yet. Wait until it runs.');
      options.openInBrowser(address);
      return null;
    },
    describe_methods: async () => describeMethods(options.specs),
    open_log: async ({ application, ...which }, { window, signal: opening }) => {
      const manager = await (await hub.connected(opening)).manager(application, opening);
      const view = options
        .logsOf(window)
        .open((signal) => manager.stream('get_logs', { ...which, follow: true, tail: 1000 }, { signal }));
      return { view };
    },
    lines: async ({ view, first, count }, { window }) => ({
      first,
      lines: options.logsOf(window).lines(view, first, count),
    }),
    close_log: async ({ view }, { window }) => {
      options.logsOf(window).close(view);
      return null;
    },
    watch: async ({ topic }) => hub.read(topic),
  };
}

async function readManifest(file: string): Promise<string> {
  const content = await readFile(file).catch(() => {
    throw new ConpaasError('not_found', `${path.basename(file)} cannot be read. Is it a file that you may read?`);
  });
  if (content.length > largestManifest) {
    throw new ConpaasError(
      'too_large',
      `${path.basename(file)} is too large to be a manifest (${Math.round(content.length / 1e6)} MB).`,
    );
  }
  return content.toString('utf8');
}
