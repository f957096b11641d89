/** What a director serves. Managers act on their own application only: it follows from their identity. */
import { auditMethods } from './audit.ts';
import { backupMethods } from './backup.ts';
import { backupVolumeMethods } from './backup-volume.ts';
import { cloudAccessMethods } from './cloud-access.ts';
import { cloudMethods } from './clouds.ts';
import { directorCostMethods } from './cost.ts';
import { directorManagerMethods } from './director-managers.ts';
import { directorProcessMethods } from './director-processes.ts';
import { directorUserMethods } from './director-users.ts';
import { directorWebMethods } from './domains.ts';
import { directorDuplicateMethods } from './duplicate.ts';
import { metricsUserMethods } from './figures.ts';
import { furtherCloudMethods } from './further-clouds.ts';
import { directorHistoryMethods } from './history.ts';
import { hostDirectorMethods } from './hosts.ts';
import { metricsManagerMethods } from './metrics.ts';
import { directorMovingMethods } from './moving.ts';
import { programMethods } from './programs.ts';
import { directorLogMethods } from './removed-logs.ts';
import { runtimeMethods } from './runtimes.ts';
import { securityMethods } from './security.ts';
import { directorUpgradeMethods } from './upgrade.ts';
import { managerVolumeMethods, userVolumeMethods } from './volumes.ts';

export const directorMethods = {
  ...directorUserMethods,
  ...directorHistoryMethods,
  ...directorCostMethods,
  ...directorDuplicateMethods,
  ...directorMovingMethods,
  ...metricsUserMethods,
  ...cloudMethods,
  ...cloudAccessMethods,
  ...furtherCloudMethods,
  ...securityMethods,
  ...directorManagerMethods,
  ...metricsManagerMethods,
  ...directorLogMethods,
  ...directorProcessMethods,
  ...auditMethods,
  ...programMethods,
  ...runtimeMethods,
  ...hostDirectorMethods,
  ...directorWebMethods,
  ...backupMethods,
  ...backupVolumeMethods,
  ...directorUpgradeMethods,
  ...userVolumeMethods,
  ...managerVolumeMethods,
};
export type DirectorMethods = typeof directorMethods;
