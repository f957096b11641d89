/** What each call of a window does: the handlers of every subject. */
import type { ServiceSpecs } from '../../remote/core/manifest/index.ts';
import { activityHandlers } from './activity/handlers.ts';
import type { AutomaticBackups } from './backups/automatic.ts';
import { backupHandlers } from './backups/handlers.ts';
import { cloudHandlers } from './clouds/handlers.ts';
import { codeHandlers } from './code/handlers.ts';
import type { Directors } from './directors.ts';
import type { Documents } from './documents/documents.ts';
import { documentHandlers } from './documents/handlers.ts';
import { endingHandlers } from './ending/handlers.ts';
import { logHandlers } from './logs/handlers.ts';
import type { LogService } from './logs/service.ts';
import { manifestHandlers } from './manifests/handlers.ts';
import { moveHandlers } from './moves/handlers.ts';
import type { Offers } from './offers.ts';
import { relayHandlers } from './relay/handlers.ts';
import { securityHandlers } from './security/handlers.ts';
import { serviceHandlers } from './service/handlers.ts';
import { sessionHandlers } from './session/handlers.ts';
import { terminalHandlers } from './terminals/handlers.ts';
import { upgradeHandlers } from './upgrade/handlers.ts';
import { vaultHandlers } from './vault/handlers.ts';
import type { VaultKeeper } from './vault/keeper.ts';
import type { HubHandlers } from './window-port.ts';

export interface HandlerOptions {
  readonly directors: Directors;
  readonly offers: Offers;
  readonly documents: Documents;
  readonly keeper: VaultKeeper;
  /** Folder of the ready-made manifests. */
  readonly manifests: string;
  /** The service types: each brings methods of its manager. */
  readonly specs: ServiceSpecs;
  readonly logs: LogService;
  readonly backups: AutomaticBackups;
  openInBrowser(url: string): void;
  /** Hands a secret to the main process: to the clipboard, or into a dialog. */
  usePassword(how: 'copy' | 'show', service: string, password: string): void;
}

export function createHandlers(options: HandlerOptions): HubHandlers {
  const { directors, offers, specs, keeper, documents } = options;
  return {
    ...sessionHandlers(directors),
    ...relayHandlers(directors, specs, options.openInBrowser),
    ...manifestHandlers(options.manifests, offers, documents),
    ...documentHandlers({ documents, offers, manifests: options.manifests, specs }),
    ...codeHandlers(offers),
    ...logHandlers(options.logs, offers, directors),
    ...serviceHandlers(options),
    ...activityHandlers(offers),
    ...terminalHandlers(options.openInBrowser),
    ...vaultHandlers(keeper, directors, offers),
    ...securityHandlers(keeper, directors, offers),
    ...cloudHandlers(keeper, directors),
    ...backupHandlers(keeper, directors, options.backups),
    ...upgradeHandlers(keeper, directors),
    ...moveHandlers(keeper, directors),
    ...endingHandlers(keeper, directors),
  };
}
