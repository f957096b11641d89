/** The director as a manager sees it. */
import { directorManagerMethods } from '../core/contract/director-managers.ts';
import { directorProcessMethods } from '../core/contract/director-processes.ts';
import { directorWebMethods } from '../core/contract/domains.ts';
import { metricsManagerMethods } from '../core/contract/metrics.ts';
import { directorLogMethods } from '../core/contract/removed-logs.ts';
import { managerVolumeMethods } from '../core/contract/volumes.ts';
import type { Client } from '../core/rpc/index.ts';

/** What managers call of all that a director serves. */
export const directorMethodsOfManagers = {
  ...directorProcessMethods,
  ...directorManagerMethods,
  ...managerVolumeMethods,
  ...metricsManagerMethods,
  ...directorLogMethods,
  ...directorWebMethods,
};

export type DirectorClient = Client<typeof directorMethodsOfManagers>;
