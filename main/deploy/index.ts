/**
 * Deployments, for window and command alike:
 *
 *     const dataDirectory = await openDataDirectory();
 *     const vault = await openVault(dataDirectory, { kind: 'keyfile' });
 *     await using deployments = openDeployments({ dataDirectory, vault, ...locateRuntime() });
 *     await deployments.up({ owner, signal, onOperation: show });
 *     const director = await deployments.directorClient(undefined, signal);
 */
export type { BackupOptions, Elsewhere } from './backing-up.ts';
export { Deployment, FurtherPlace, nothingLent, openDeploymentStore } from './deployment.ts';
export type {
  DeploymentStatus,
  Deployments,
  DeploymentsOptions,
  DestroyOptions,
  DirectorStatus,
  OwnCertificate,
  RestoreOptions,
  RotateOptions,
  StopOptions,
  UpgradeOptions,
  UpOptions,
} from './deployments.ts';
export { DeviceCredentials } from './device.ts';
export type { DirectorClient, ManagerClient } from './director.ts';
export { type Begun, begin, type Following, follow } from './following.ts';
export { type AddCloudOptions, missedAt, type RemoveCloudOptions } from './further-clouds.ts';
export type { Leftover, Leftovers, SweepTarget } from './leftovers.ts';
export { asks } from './lending.ts';
export { openDeployments } from './open-deployments.ts';
export { runSteps, type Step, type StepContext, sending } from './progress.ts';
export { locateRuntime, type Runtime, runtimeFor } from './runtime.ts';
export { type Finding, sweepAfterMs } from './sweep.ts';
export type { UpgradePlan } from './upgrade.ts';
