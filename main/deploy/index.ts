/**
 * Deployments, for window and command alike:
 *
 *     const dataDirectory = await openDataDirectory();
 *     const vault = await openVault(dataDirectory, { kind: 'keyfile' });
 *     await using deployments = openDeployments({ dataDirectory, vault, ...locateRuntime() });
 *     await deployments.up({ owner, signal, onOperation: show });
 *     const director = await deployments.directorClient(undefined, signal);
 */
export { Deployment, openDeploymentStore } from './deployment.ts';
export {
  type DeploymentStatus,
  type Deployments,
  type DeploymentsOptions,
  type DestroyOptions,
  type DirectorStatus,
  type OwnCertificate,
  openDeployments,
  type RotateOptions,
  type StopOptions,
  type UpOptions,
} from './deployments.ts';
export { DeviceCredentials } from './device.ts';
export type { DirectorClient, ManagerClient } from './director.ts';
export type { Leftovers, SweepTarget } from './leftovers.ts';
export { locateRuntime, type Runtime } from './runtime.ts';
export { type Finding, sweepAfterMs } from './sweep.ts';
